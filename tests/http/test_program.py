"""The name of the program that answers."""

from __future__ import annotations

import re

from frontrunner import __version__
from frontrunner.http.program import program


def test_it_names_the_version_and_the_code() -> None:
    name = program().decode()
    assert re.fullmatch(rf"{re.escape(__version__)}\+[0-9a-f]{{12}}", name)
    program.cache_clear()
    assert program().decode() == name
