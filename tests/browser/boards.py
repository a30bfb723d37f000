"""The address of the board that tests open."""

from __future__ import annotations

from urllib.parse import quote

from tests.web.conftest import NAME

BOARD = f"/benchmark/{quote(NAME)}"
