"""The command line as it is run: groups in `--help`, examples, options of every command."""

from __future__ import annotations

from collections.abc import Iterator
from inspect import cleandoc
from typing import Any

from rich.markup import escape
from typer.main import get_command

from frontrunner.cli.app import app
from frontrunner.cli.examples import EXAMPLES
from frontrunner.cli.groups import GROUPS, MODULES

_EVERYWHERE = ("quiet", "verbose")


def command_line() -> Any:  # typer hides the types of what it makes
    """The command with those of its subcommands that are loaded.

    Square brackets in the texts, as in `[env: NAME]`, are escaped: typer takes them for markup.
    """
    root: Any = get_command(app)
    order = list(MODULES)
    root.commands = dict(sorted(root.commands.items(), key=lambda one: order.index(one[0])))
    shared = [one for one in root.params if one.name in _EVERYWHERE]
    for path, command in walk(root):
        _finish(path, command, shared)
    return root


def walk(command: Any, *path: str) -> Iterator[tuple[tuple[str, ...], Any]]:
    """A command and all below it, each with its path."""
    yield path, command
    for name, inside in getattr(command, "commands", {}).items():
        yield from walk(inside, *path, name)


def _finish(path: tuple[str, ...], command: Any, shared: list[Any]) -> None:
    runs = not hasattr(command, "commands") or command.invoke_without_command
    if path and runs:
        command.params.extend(shared)
    for one in command.params:
        if getattr(one, "help", None) and one not in shared:
            one.help = escape(one.help)
    command.help = escape(_flowing(command.help or ""))
    if len(path) == 1:
        command.rich_help_panel = next(group for group, names in GROUPS.items() if path[0] in names)
    examples = EXAMPLES.get(" ".join(path), ())
    if examples:
        # typer joins the lines of a paragraph.
        lines = "\n\n".join(f"  frontrunner {one}" for one in examples)
        command.epilog = escape(f"Examples:\n\n{lines}")


def _flowing(text: str) -> str:
    """A docstring with each paragraph on one line: typer keeps the breaks of all but the first."""
    paragraphs = cleandoc(text).split("\n\n")
    return "\n\n".join(one.replace("\n", " ") for one in paragraphs)
