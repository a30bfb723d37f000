"""Settings: `frontrunner.toml` and the environment, read once into one frozen value.

Precedence, highest first: a command's own option, `FRONTRUNNER_*` in the environment,
`frontrunner.toml` in the home folder, the default below.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import msgspec

from frontrunner.base.errors import UsageError
from frontrunner.base.toml import parse_toml

DEFAULT_HOME = Path(".frontrunner")
_PREFIX = "FRONTRUNNER_"
_Count = Annotated[int, msgspec.Meta(ge=0)]


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What an operator can set. Every field is documented in docs/configuration.md."""

    home: Path = DEFAULT_HOME
    """Where snapshots and state live."""
    host: str = "127.0.0.1"
    """The address that `serve` listens on."""
    port: Annotated[int, msgspec.Meta(ge=0, le=65535)] = 8000
    """The port that `serve` listens on."""
    workers: _Count = 0
    """Processes that read result files; 0 means one per core."""
    keep: _Count = 5
    """Published snapshots to keep for `rollback`; older ones are removed by `snapshots prune`."""
    http_max_age: _Count = 14400
    """Seconds for which caches may reuse an answer of `/v1` without asking again."""
    development: bool = False
    """Whether `serve` adds the pages that only developers need, such as `/_styleguide`."""
    cors_origins: tuple[str, ...] = ("*",)
    """Origins whose pages may read the API; `*` is everyone."""


def load_settings(
    home: Path | None = None, environ: Mapping[str, str] = os.environ, **options: Any
) -> Settings:
    """Merge defaults, the home's `frontrunner.toml`, the environment and a command's options.

    Options that are None were not given. Raises UsageError where a file or a variable holds a
    key or a value that no setting takes.
    """
    from_env = {
        name: environ[_PREFIX + name.upper()]
        for name in Settings.__struct_fields__
        if _PREFIX + name.upper() in environ
    }
    chosen_home = Path(home or from_env.get("home") or DEFAULT_HOME)
    merged: dict[str, Any] = {**_read_file(chosen_home / "frontrunner.toml"), **from_env}
    if isinstance(merged.get("cors_origins"), str):
        merged["cors_origins"] = tuple(o.strip() for o in merged["cors_origins"].split(","))
    merged |= {name: value for name, value in options.items() if value is not None}
    merged["home"] = str(chosen_home)
    try:
        return msgspec.convert(
            merged, Settings, strict=False, dec_hook=lambda kind, value: kind(value)
        )
    except msgspec.ValidationError as error:
        raise UsageError(
            f"A setting is wrong: {error}. Look at {chosen_home / 'frontrunner.toml'} and at the "
            f"{_PREFIX}* variables; docs/configuration.md lists every setting."
        ) from error


def _read_file(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        found = parse_toml(path.read_bytes())
    except ValueError as error:
        raise UsageError(f"{path} is not valid TOML: {error}. Mend it or remove it.") from error
    if "home" in found:
        raise UsageError(f"{path} lies in a home and cannot name another. Give --home instead.")
    return found
