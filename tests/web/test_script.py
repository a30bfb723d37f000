"""JSON inside HTML."""

from __future__ import annotations

import msgspec

from frontrunner.web.script import as_json, script_json


def test_no_value_ends_the_script_element() -> None:
    value = {"name": "</script><!--&"}
    text = script_json(value)
    assert not set("<>&").intersection(text)
    assert msgspec.json.decode(text) == msgspec.json.decode(as_json(value)) == value
