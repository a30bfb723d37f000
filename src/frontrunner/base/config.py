"""Settings: `frontrunner.toml` and the environment, read once into one frozen value.

Precedence, highest first: a command's own option, `FRONTRUNNER_*` in the environment,
`frontrunner.toml` in the home folder, the default below. The file has one section for each part
of the program; the variable of a setting is `FRONTRUNNER_<SECTION>_<KEY>`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from frontrunner.base.errors import UsageError
from frontrunner.base.home import Home
from frontrunner.base.near import near_names
from frontrunner.base.toml import parse_toml

DEFAULT_HOME = Path(".frontrunner")
_PREFIX = "FRONTRUNNER_"
_Count = Annotated[int, msgspec.Meta(ge=0)]


class _Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One section of `frontrunner.toml`. Every field is documented in docs/configuration.md."""


class SiteSettings(_Section, frozen=True):
    """How the board presents itself: `[site]`."""

    name: str = "Frontrunner"
    """The name in the header, the titles and the chat cards."""
    tagline: str = ""
    """The sentence under the name on the first page; empty for the built-in one."""


class BuildSettings(_Section, frozen=True):
    """How snapshots are built and kept: `[build]`."""

    readers: _Count = 0
    """Processes that read result files; 0 means one per core."""
    keep: _Count = 5
    """Snapshots that `prune` keeps."""
    icons: bool = True
    """Whether a build fetches the icons of benchmarks, for at most five seconds in all."""
    revisions: Literal["mteb", "newest"] = "mteb"
    """Which run wins if a model has several: mteb's rule, or always the newest run."""


class ServerSettings(_Section, frozen=True):
    """What `serve` does: `[server]`."""

    host: str = "127.0.0.1"
    """The address that `serve` listens on."""
    port: Annotated[int, msgspec.Meta(ge=0, le=65535)] = 8000
    """The port that `serve` listens on; 0 means any free port."""
    workers: Annotated[int, msgspec.Meta(ge=1, le=256)] = 1
    """Server processes that share the port."""
    grace_seconds: Annotated[int, msgspec.Meta(ge=0, le=3600)] = 25
    """How long requests under way have to finish when `serve` is told to stop."""
    http_max_age: _Count = 14400
    """Seconds for which caches may reuse an answer of `/v1` without asking again."""
    development: bool = False
    """Whether `serve` adds the pages that only developers need, such as `/_styleguide`."""
    cors_origins: tuple[str, ...] = ("*",)
    """Origins whose pages may read the API; `*` means every origin."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What an operator can set."""

    home: Path = DEFAULT_HOME
    """Where snapshots and state are stored."""
    site: SiteSettings = SiteSettings()
    build: BuildSettings = BuildSettings()
    server: ServerSettings = ServerSettings()


SECTIONS: dict[str, type[_Section]] = {
    "site": SiteSettings,
    "build": BuildSettings,
    "server": ServerSettings,
}
"""The sections of `frontrunner.toml`, in the order of docs/configuration.md."""


def load_settings(
    home: Path | None = None,
    environ: Mapping[str, str] = os.environ,
    **options: Mapping[str, Any],
) -> Settings:
    """Merge defaults, the home's `frontrunner.toml`, the environment and a command's options.

    `options` has a mapping for each section; values that are None were not given. Raises
    UsageError if the file or a variable has an unknown key or a value out of range.
    """
    chosen = Path(home or environ.get(f"{_PREFIX}HOME") or DEFAULT_HOME)
    file = Home(chosen).settings
    written = _read_file(file)
    sections: dict[str, _Section] = {}
    for name, kind in SECTIONS.items():
        merged = {**written.get(name, {}), **_from_environment(name, kind, environ)}
        merged |= {k: v for k, v in options.get(name, {}).items() if v is not None}
        sections[name] = _converted(name, kind, merged, file)
    return Settings(home=chosen, **sections)  # type: ignore[arg-type]


def variable(section: str, key: str) -> str:
    """The environment variable of a setting."""
    return f"{_PREFIX}{section}_{key}".upper()


def _from_environment(
    section: str, kind: type[_Section], environ: Mapping[str, str]
) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for field in msgspec.structs.fields(kind):
        text = environ.get(variable(section, field.name))
        if text is not None:
            is_list = isinstance(field.default, tuple)
            found[field.name] = [one.strip() for one in text.split(",")] if is_list else text
    return found


def _converted(section: str, kind: type[_Section], values: dict[str, Any], file: Path) -> _Section:
    try:
        return msgspec.convert(values, kind, strict=False)
    except msgspec.ValidationError as error:
        raise UsageError(
            f"The setting {section}{_where(str(error))} Correct it in {file}, in the variable "
            f"{_PREFIX}{section.upper()}_..., or in the command's options; "
            "docs/configuration.md lists every setting."
        ) from error


def _where(message: str) -> str:
    """msgspec's message, as `.key: what is wrong.`"""
    what, _, path = message.partition(" - at `$")
    return f"{path.rstrip('`')}: {what[:1].lower()}{what[1:]}."


def _read_file(path: Path) -> dict[str, dict[str, Any]]:
    if not path.is_file():
        return {}
    try:
        found = parse_toml(path.read_bytes())
    except ValueError as error:
        raise UsageError(f"{path} is not valid TOML: {error}. Correct or remove it.") from error
    for name, content in found.items():
        if name in SECTIONS and isinstance(content, dict):
            continue
        raise UsageError(f"{path}: {_unknown(name)}")
    return found


def _unknown(name: str) -> str:
    """What to write in place of a key that is not a section."""
    if name == "home":
        return "`home` cannot be set here, because the file is in the home. Use --home instead."
    for section, kind in SECTIONS.items():
        if name in kind.__struct_fields__:
            return f"`{name}` belongs under [{section}]."
    near = near_names(name, SECTIONS, most=1)
    hint = f" Did you mean [{near[0]}]?" if near else ""
    return f"unknown section `{name}`.{hint} Sections: {', '.join(SECTIONS)}."
