"""Show a banner on an old Space by one commit that can be taken back. Pure.

The commit adds one entry file, which starts the old application as it was started before. Of the
other files it changes only the lines that name the entry: `app_file` in README.md, or `app_port`
there and the last lines of the Dockerfile.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping
from importlib.resources import files

from frontrunner.base.errors import UsageError
from frontrunner.gateway.banner import banner_words
from frontrunner.hub.front_matter import below_front_matter, read_front_matter
from frontrunner.hub.tree_changes import TreeChange

GRADIO_ENTRY = "frontrunner_entry.py"
DOCKER_ENTRY = "frontrunner_entry.py"
_DEFAULT_PORT = 7860
_STYLE = (
    "display:flex;flex-wrap:wrap;gap:4px 16px;align-items:center;min-height:44px;padding:6px 16px;"
    "font:15px/1.4 system-ui,sans-serif;color:#1b1a17;background:#e0edee;"
    "border-bottom:1px solid #9cc3c8;position:relative;z-index:10;box-sizing:border-box"
)
_INSTRUCTION = re.compile(r"^[ \t]*(FROM|CMD|ENTRYPOINT|USER|WORKDIR)[ \t]+(.*)$", re.IGNORECASE)


def banner_html(new_board: str) -> str:
    """The banner in English and Chinese, as ASCII markup that needs no script and no style sheet.

    Raises UsageError unless `new_board` is an https address, or an http address of this machine.
    """
    if not re.fullmatch(r"https://\S+|http://(127\.0\.0\.1|localhost)(:\d+)?\S*", new_board):
        raise UsageError(f"The new board's address must begin with https://, got {new_board}")
    link = html.escape(new_board, quote=True)
    parts = [
        f'<span lang="{words.lang}">{html.escape(words.text)} '
        f'<a href="{link}" target="_top" style="color:#0a5a66;font-weight:600">'
        f"{html.escape(words.go)}</a></span>"
        for words in banner_words()["old"].values()
    ]
    label = html.escape(banner_words()["old"]["en"].label, quote=True)
    made = (
        f'<div id="frontrunner-banner" role="region" aria-label="{label}" style="{_STYLE}">'
        f"{' '.join(parts)}</div>"
    )
    return made.encode("ascii", "xmlcharrefreplace").decode()


def wrapped(tree: Mapping[str, bytes], banner: str) -> TreeChange:
    """The change that shows the banner; `tree` needs README.md and the files that it names.

    Raises UsageError if the Space cannot be wrapped, with the reason.
    """
    readme = _text(tree, "README.md")
    sdk = _fields(readme).get("sdk")
    if sdk == "gradio":
        return _wrapped_gradio(tree, readme, banner)
    if sdk == "docker":
        return _wrapped_docker(tree, readme, banner)
    raise UsageError(
        f"A Space with the SDK {sdk!r} cannot show the banner by an entry file. Leave the stage "
        "out of the plan, or put the notice into its page by hand."
    )


def files_to_wrap(readme: str) -> tuple[str, ...]:
    """The files that `wrapped` needs of a Space with this README.md."""
    fields = _fields(readme)
    if fields.get("sdk") == "docker":
        return ("README.md", "Dockerfile")
    return ("README.md", str(fields.get("app_file") or "app.py"))


def _wrapped_gradio(tree: Mapping[str, bytes], readme: str, banner: str) -> TreeChange:
    app_file = str(_fields(readme).get("app_file") or "app.py")
    if app_file == GRADIO_ENTRY:
        raise UsageError("The Space shows the banner already.")
    _text(tree, app_file)
    entry = _filled("gradio_entry.py.txt", app_file=app_file, banner=banner)
    changed = with_field(readme, "app_file", GRADIO_ENTRY)
    return TreeChange({GRADIO_ENTRY: entry.encode(), "README.md": changed.encode()})


def _wrapped_docker(tree: Mapping[str, bytes], readme: str, banner: str) -> TreeChange:
    dockerfile = _text(tree, "Dockerfile")
    if DOCKER_ENTRY in dockerfile:
        raise UsageError("The Space shows the banner already.")
    old = int(str(_fields(readme).get("app_port") or _DEFAULT_PORT))
    listen = old + 1 if old < 65535 else old - 1
    command = [f"/{DOCKER_ENTRY}", *command_of(dockerfile)]
    lines = (
        f"\n# Shows a banner above the old application, on port {listen}. Made by Frontrunner.\n"
        f"COPY {DOCKER_ENTRY} /{DOCKER_ENTRY}\n"
        f'ENTRYPOINT ["python3"]\nCMD {json.dumps(command)}\n'
    )
    entry = _filled("docker_entry.py.txt", listen=listen, old=old, banner=banner)
    added = {
        DOCKER_ENTRY: entry.encode(),
        "Dockerfile": (dockerfile.rstrip("\n") + "\n" + lines).encode(),
        "README.md": with_field(readme, "app_port", str(listen)).encode(),
    }
    return TreeChange(added)


def command_of(dockerfile: str) -> list[str]:
    """The command that a Dockerfile's last stage starts, with its arguments.

    Raises UsageError if the Dockerfile names none: then the image below it does, and a new entry
    would replace a command that is not known.
    """
    entry, command = None, None
    for name, value in _instructions(dockerfile):
        if name == "FROM":
            entry, command = None, None
        elif name == "ENTRYPOINT":
            entry, command = _words(value), None
        elif name == "CMD":
            command = _words(value)
    if entry is None and command is None:
        raise UsageError(
            "The Dockerfile has neither CMD nor ENTRYPOINT: its image has the command. Add the "
            "image's own CMD line to the Dockerfile, check that it runs, then plan again."
        )
    return [*(entry or []), *(command or [])]


def with_field(readme: str, name: str, value: str) -> str:
    """A README with one field of its front matter set; every other byte stays."""
    block, rest = _split(readme)
    line = re.compile(rf"^{name}[ \t]*:[^\r\n]*", re.MULTILINE)
    if line.search(block):
        return line.sub(f"{name}: {value}", block, count=1) + rest
    first, newline, others = block.partition("\n")
    return f"{first}{newline}{name}: {value}\n{others}{rest}"


def _instructions(dockerfile: str) -> list[tuple[str, str]]:
    """Names and values of the instructions that matter, with continued lines joined."""
    lines = [one for one in dockerfile.splitlines() if not one.lstrip().startswith("#")]
    joined = re.sub(r"\\[ \t]*\n", " ", "\n".join(lines))
    found = (_INSTRUCTION.match(line) for line in joined.splitlines())
    return [(one[1].upper(), one[2].strip()) for one in found if one]


def _words(value: str) -> list[str]:
    """The words of a command; one that is not a list of texts goes through the shell."""
    try:
        found = json.loads(value)
    except ValueError:
        found = None
    if isinstance(found, list) and all(isinstance(one, str) for one in found):
        return found
    return ["/bin/sh", "-c", value]


def _split(readme: str) -> tuple[str, str]:
    rest = below_front_matter(readme)
    return readme[: len(readme) - len(rest)], rest


def _fields(readme: str) -> dict[str, object]:
    try:
        return read_front_matter(readme)
    except ValueError as error:
        raise UsageError(f"{error}. Correct it first.") from error


def _text(tree: Mapping[str, bytes], path: str) -> str:
    content = tree.get(path)
    if content is None:
        raise UsageError(f"The Space has no file {path}, so its application cannot be wrapped.")
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} of the Space is not UTF-8 text.") from error


def _filled(name: str, **values: object) -> str:
    template = files("frontrunner.hub").joinpath("entry_files", name).read_text("utf-8")
    return template.format(**values)
