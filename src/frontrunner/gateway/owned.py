"""Paths that belong to one board, for every bucket: data in `owned.toml`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import msgspec

from frontrunner.base.errors import WrongSettingError
from frontrunner.base.gateway_settings import GatewaySettings

_USABLE = re.compile(r"/[A-Za-z0-9._~/@:+=-]*")


class _Paths(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    exact: tuple[str, ...]
    below: tuple[str, ...]


@dataclass(frozen=True)
class Owned:
    """The paths of both boards, each as one RE2 expression for a path without its query."""

    old: str
    new: str

    def owner(self, path: str) -> str | None:
        """`old` or `new` if the path belongs to one board, else None. Old paths come first."""
        if re.fullmatch(self.old, path):
            return "old"
        return "new" if re.fullmatch(self.new, path) else None


def owned_paths(settings: GatewaySettings) -> Owned:
    """The paths that each board owns. Raises WrongSettingError if a setting has no usable path."""
    kinds = _kinds()
    names: list[str] = [settings.old_kind]
    if settings.old_kind == "gradio":
        names = [name for name in kinds if name.startswith("gradio")]
    old = _merged([kinds[name] for name in names], "old_paths", settings.old_paths)
    new = _merged([kinds[name] for name in _of_new(settings)], "new_paths", settings.new_paths)
    return Owned(_expression(old), _expression(new))


def pages_of_new(settings: GatewaySettings) -> list[str]:
    """Paths that the gateway gives to the new board because the old one should answer 404 there."""
    owned = owned_paths(settings)
    paths = [
        path
        for name in _of_new(settings)
        for path in (*_kinds()[name].exact, *_kinds()[name].below)
    ]
    return sorted(path for path in paths if owned.owner(path) == "new")


def _of_new(settings: GatewaySettings) -> list[str]:
    return ["new"] if settings.old_kind == "mteb" else ["new", "new_beside_gradio"]


@cache
def _kinds() -> dict[str, _Paths]:
    text = files("frontrunner.gateway").joinpath("owned.toml").read_bytes()
    return msgspec.toml.decode(text, type=dict[str, _Paths])


def _merged(kinds: list[_Paths], setting: str, more: tuple[str, ...]) -> _Paths:
    for path in more:
        if not _USABLE.fullmatch(path.removesuffix("*")):
            raise WrongSettingError(
                setting,
                f"has {path!r}. Write a path such as /queue/join, or a prefix such as /queue*.",
            )
    exact = {path for kind in kinds for path in kind.exact}
    below = {path for kind in kinds for path in kind.below}
    exact |= {path for path in more if not path.endswith("*")}
    prefixes = {path.removesuffix("*") for path in more if path.endswith("*")}
    return _Paths(tuple(sorted(exact)), (*sorted(below), *(f"{one}*" for one in sorted(prefixes))))


def _expression(paths: _Paths) -> str:
    exact = "|".join(re.escape(path) for path in paths.exact)
    below = "|".join(re.escape(path) for path in paths.below if not path.endswith("*"))
    prefixes = "|".join(re.escape(path[:-1]) for path in paths.below if path.endswith("*"))
    parts = [
        exact,
        f"(?:{below})(?:[/=].*)?" if below else "",
        f"(?:{prefixes}).*" if prefixes else "",
    ]
    return "|".join(part for part in parts if part) or "/\\.never"
