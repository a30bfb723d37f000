"""Which licences allow commercial use."""

from __future__ import annotations

import re
from collections import Counter

import msgspec
import pytest

from frontrunner.answers.service import Service
from frontrunner.web.licences import USES, commercial_use, reviewed
from frontrunner.web.views.row_facts import facts
from tests.web.conftest import NAME, Browser


@pytest.mark.parametrize(
    ("licence", "use"),
    [
        ("mit", "yes"),
        ("Apache-2.0", "yes"),
        ("gemma", "conditions"),
        ("cc-by-nc-sa-4.0", "no"),
        ("https://example.org/LICENSE", "unknown"),
        ("not specified", "unknown"),
        (None, "unknown"),
    ],
)
def test_what_a_licence_allows(licence: str | None, use: str) -> None:
    assert commercial_use(licence) == use


def test_each_licence_is_reviewed_once_with_a_reason() -> None:
    count = Counter(name for one in reviewed() for name in one.names)
    assert [name for name, times in count.items() if times > 1 or name != name.lower()] == []
    assert all(one.use in USES[:3] and one.why for one in reviewed())


def test_boards_filter_by_it_and_pages_show_it(service: Service) -> None:
    columns = msgspec.json.decode(facts(service.board(NAME)))
    uses = dict(zip(columns["name"], columns["use"], strict=True))
    assert uses["org/small"] == "yes"
    assert uses["org/large"] == "unknown"
    browser = Browser(service)
    assert '<select name="use">' in browser.text(f"/benchmark/{NAME}")
    shown = re.search(r"<dt>Commercial use.*?<dd>(\w+)", browser.text("/models/org/small"))
    assert shown is not None
    assert shown[1] == "yes"
    assert "cc-by-nc-4.0" in browser.text("/data")
    assert browser.page(f"/benchmark/{NAME}", "use=maybe").status == 422
    assert browser.page(f"/benchmark/{NAME}", "use=yes~conditions").status == 200
