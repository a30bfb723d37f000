"""The pages of the console, from what they show to bytes. Everything put into them is escaped."""

from __future__ import annotations

from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from frontrunner.base.json import read_as
from frontrunner.takeover.console.model import Inputs, alerts, headline, warnings
from frontrunner.takeover.console.phrases import iso, moment, span
from frontrunner.takeover.console.standing import Standing

TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}


def page(name: str, inputs: Inputs, standing: Standing, **values: Any) -> bytes:
    """A page after logging in; all of them have the same head."""
    return screen(
        name,
        at=inputs.at,
        standing=standing,
        headline=headline(inputs, standing),
        alerts=alerts(inputs, standing),
        warnings=warnings(inputs, standing),
        **values,
    )


def screen(name: str, **values: Any) -> bytes:
    """A page."""
    return _environment().get_template(f"{name}.html").render(values).encode()


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("frontrunner.takeover.console"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(moment=moment, iso=iso, span=span)
    environment.globals.update(asset=asset)
    return environment


# --- the files that pages use, named by their content ---------------------------------------------


def _static(name: str) -> Path:
    return Path(str(resources.files(__package__).joinpath("static", name)))


@cache
def assets() -> dict[str, str]:
    """Plain name -> name with the hash, such as `console.css` -> `console.4F2A.css`."""
    return read_as(_static("manifest.json"), dict[str, str])


def asset(name: str) -> str:
    """The name with the hash of a file's content."""
    return assets()[name]


@cache
def asset_body(name: str) -> tuple[str, bytes] | None:
    """Media type and bytes of a file by its hashed name; None for any other name."""
    if name not in assets().values():
        return None
    path = _static(name)
    return TYPES[path.suffix], path.read_bytes()
