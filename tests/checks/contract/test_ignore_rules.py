"""Rules that accept a difference."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from frontrunner.base.errors import ContractError
from frontrunner.checks.contract.finding import Compatibility, Finding
from frontrunner.checks.contract.ignore_rules import Rule, apply, idle, load_rules
from frontrunner.checks.contract.report import broken

TODAY = date(2026, 11, 23)


def test_a_rule_ignores_until_it_expires() -> None:
    finding = Finding(
        kind="link", item="/?task=x", verdict=Compatibility.MISSING, reason="answers 404"
    )
    rule = Rule(kind="link", item="/?task=*", owner="ada", reason="agreed", expires=TODAY)
    [ignored] = apply([finding], [rule], TODAY)
    assert "ada" in ignored.ignored
    assert broken([ignored]) == []
    [expired] = apply([finding], [rule], date(2026, 11, 24))
    assert not expired.ignored
    assert "expired" in expired.reason
    assert broken([expired]) == [expired]
    other = Rule(kind="call", item="*", owner="ada", reason="agreed", expires=TODAY)
    assert apply([finding], [other], TODAY) == [finding]


def test_a_rule_that_fails_ignores_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(text: str, pattern: str) -> bool:
        raise re.error("bad pattern")

    monkeypatch.setattr("frontrunner.checks.contract.ignore_rules.fnmatchcase", failing)
    finding = Finding(kind="link", item="/x", verdict=Compatibility.MISSING, reason="answers 404")
    rule = Rule(item="/*", owner="ada", reason="agreed", expires=TODAY)
    [found] = apply([finding], [rule], TODAY)
    assert not found.ignored
    assert "the rule of ada fails" in found.reason
    assert idle([finding], [rule]) == [rule]


def test_a_rule_may_name_an_item_as_it_is_and_can_go_when_it_holds_again() -> None:
    item = "/v1/x?buckets=[[0,1]]"  # as a pattern, this would not match itself
    broke = Finding(kind="answer", item=item, verdict=Compatibility.CHANGED, reason="r")
    rule = Rule(item=item, owner="ada", reason="agreed", expires=TODAY)
    assert apply([broke], [rule], TODAY)[0].ignored
    assert idle([broke], [rule]) == []
    holds = Finding(kind="answer", item=item, verdict=Compatibility.COMPATIBLE, reason="r")
    assert idle([holds], [rule]) == [rule]


@pytest.mark.parametrize(
    "text",
    [
        "[[ignore]]\nitem = 'x'\n",
        "[[ignore]]\nitem='x'\nowner=' '\nreason='r'\nexpires=2027-01-01\n",
        "[[ignore]]\nitem='x'\nowner='o'\nreason='r'\nexpires='soon'\n",
        "= =",
    ],
)
def test_a_rule_that_leaves_something_out_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "rules.toml"
    path.write_text(text)
    with pytest.raises(ContractError):
        load_rules(path)
