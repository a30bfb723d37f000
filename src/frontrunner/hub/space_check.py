"""Whether a folder, or the files of a Space, can run this program. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any, NamedTuple

import msgspec

from frontrunner.hub.access import without_tokens
from frontrunner.hub.boxed import Box
from frontrunner.hub.front_matter import read_front_matter
from frontrunner.hub.space_card import COLOURS, PORT, is_repository_id

READ = ("README.md", "Dockerfile", "requirements.txt", "home/board.json", "home/frontrunner.toml")
"""The files whose text is looked at."""
USER = 1000
MOST_BYTES = 1_000_000_000
"""Above this, keep the snapshot in a data set."""
MOST_FILES = 100
"""The Hub advises at most so many in one commit."""
_SHORT = 60
"""Characters of a short description."""
_SECRET_NAMES = re.compile(
    r"\.env(\..*)?|.*\.(pem|key|p12|pfx)|id_(rsa|ed25519|ecdsa)|\.netrc|.*tokens?(\.txt)?"
)
_TOO_LARGE = re.compile(r"^(torch|mteb|mteb-core|transformers|gradio)\b", re.MULTILINE)
_INSTRUCTION = re.compile(r"^[ \t]*(\w+)[ \t]+(.*?)[ \t]*$", re.MULTILINE)


class SpaceFiles(NamedTuple):
    """The files of a Space."""

    sizes: Mapping[str, int]
    """Bytes, by path."""
    texts: Mapping[str, str]
    """The content of those in `READ`, and of others that were looked into."""
    dockerfile: str
    """The Dockerfile of this project."""


class Problem(msgspec.Struct, frozen=True):
    """Something to correct."""

    where: str
    text: str


def problems_of(found: SpaceFiles) -> list[Problem]:
    """Everything that is wrong, in the order of the checks."""
    missing = [one for one in READ if one not in found.sizes]
    if missing:
        return [
            Problem(one, "is missing; make it with `frontrunner space init`") for one in missing
        ]
    checks: tuple[Callable[[SpaceFiles], Iterator[Problem]], ...] = (
        _front_matter, _container, _program, _board, _size, _secrets,
    )  # fmt: skip
    return [problem for check in checks for problem in check(found)]


def _front_matter(found: SpaceFiles) -> Iterator[Problem]:
    try:
        fields = read_front_matter(found.texts["README.md"])
    except ValueError as error:
        yield Problem("README.md", str(error))
        return
    for text in (*_wrong_values(fields), *_wrong_lists(fields)):
        yield Problem("README.md", text)


def _wrong_values(fields: Mapping[str, Any]) -> Iterator[str]:
    if fields.get("sdk") != "docker":
        yield f"sdk is {fields.get('sdk')!r}; it must be docker"
    if fields.get("app_port") != PORT:
        yield f"app_port is {fields.get('app_port')!r}; the container listens on {PORT}"
    for key in ("title", "emoji", "license"):
        if not isinstance(fields.get(key), str) or not fields[key]:
            yield f"{key} is missing"
    for key in ("colorFrom", "colorTo"):
        if fields.get(key) not in COLOURS:
            yield f"{key} is {fields.get(key)!r}; it must be one of {', '.join(COLOURS)}"
    if not isinstance(fields.get("pinned", False), bool):
        yield "pinned must be true or false"
    if len(str(fields.get("short_description", ""))) > _SHORT:
        yield f"short_description has more than {_SHORT} characters"


def _wrong_lists(fields: Mapping[str, Any]) -> Iterator[str]:
    for key in ("models", "datasets"):
        names = fields.get(key) or []
        if not isinstance(names, list):
            yield f"{key} must be a list"
            continue
        for one in names:
            if not is_repository_id(one):
                yield f"{key} lists {one!r}, which is not OWNER/NAME"
    if not fields.get("models"):
        yield "models is empty, so no model's page shows the Space"


def _container(found: SpaceFiles) -> Iterator[Problem]:
    text = found.texts["Dockerfile"]
    if text != found.dockerfile:
        yield Problem("Dockerfile", "is not the one of this project, so it is untested")
    said = [(one[1].upper(), one[2]) for one in _INSTRUCTION.finditer(text)]
    users = [value for name, value in said if name == "USER"]
    if not users or users[-1].split(":")[0] != str(USER):
        yield Problem("Dockerfile", f"does not run as user {USER}")
    ports = [value.split("/")[0] for name, value in said if name == "EXPOSE"]
    if ports != [str(PORT)]:
        yield Problem("Dockerfile", f"must expose only port {PORT}")


def _program(found: SpaceFiles) -> Iterator[Problem]:
    wheels = [one for one in found.sizes if one.endswith(".whl")]
    if len(wheels) != 1 or not wheels[0].startswith("frontrunner-"):
        yield Problem(".", f"there must be one wheel, of frontrunner; found {len(wheels)}")
    for name in _TOO_LARGE.findall(found.texts["requirements.txt"]):
        yield Problem("requirements.txt", f"{name} is not needed to serve a board, and is large")
    if "--hash=sha256:" not in found.texts["requirements.txt"]:
        yield Problem("requirements.txt", "has no hashes")
    if "https://huggingface.co" not in found.texts["home/frontrunner.toml"]:
        text = "site.framed_by lacks https://huggingface.co, whose page shows the Space in a frame"
        yield Problem("home/frontrunner.toml", text)


def _board(found: SpaceFiles) -> Iterator[Problem]:
    try:
        box = msgspec.json.decode(found.texts["home/board.json"], type=Box)
    except (msgspec.MsgspecError, ValueError) as error:
        yield Problem("home/board.json", f"cannot be read: {error}")
        return
    if box.source or box.dataset:
        return
    for name, entry in box.files.items():
        size = found.sizes.get(f"home/{name}")
        if size is None:
            yield Problem(f"home/{name}", "is missing")
        elif size != entry.bytes:
            yield Problem(f"home/{name}", f"has {size:,} bytes, not {entry.bytes:,}")


def _size(found: SpaceFiles) -> Iterator[Problem]:
    total = sum(found.sizes.values())
    if total > MOST_BYTES:
        yield Problem(".", f"{total:,} bytes; keep the snapshot in a data set: init --dataset")
    if len(found.sizes) > MOST_FILES:
        yield Problem(".", f"{len(found.sizes)} files; the Hub advises at most {MOST_FILES}")


def _secrets(found: SpaceFiles) -> Iterator[Problem]:
    for path in found.sizes:
        if _SECRET_NAMES.fullmatch(PurePosixPath(path).name):
            yield Problem(
                path, "looks like a file with secrets; everybody can read a Space's files"
            )
    for path, text in found.texts.items():
        if without_tokens(text) != text:
            yield Problem(path, "holds what looks like a token; revoke it, and use a secret")
