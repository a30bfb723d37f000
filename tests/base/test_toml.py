"""TOML: parsed, or a ValueError that says where it is wrong."""

from __future__ import annotations

import pytest

from frontrunner.base.toml import parse_toml


def test_tables_are_parsed() -> None:
    assert parse_toml(b'[server]\nport = 1\nname = "\xc3\xa9"') == {
        "server": {"port": 1, "name": "\u00e9"}
    }


@pytest.mark.parametrize("data", [b"port =", b"\xff", b"[a]\n[a]", b"a = 1\na = 2"])
def test_what_is_no_toml_is_a_value_error(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_toml(data)
