"""The ledger: what is appended is read back, in order, in one chain."""

from __future__ import annotations

import pytest

from frontrunner.base.errors import LedgerError
from frontrunner.takeover.ledger.hashes import FIRST
from frontrunner.takeover.ledger.ledger import Ledger
from frontrunner.takeover.records import Noted, Record, Refused, Unknown


def note(text: str = "") -> Noted:
    return Noted(topic="test", text=text)


def test_entries_are_read_back_as_they_were_appended(ledger: Ledger) -> None:
    assert ledger.last() is None
    assert list(ledger.entries()) == []
    records: list[Record] = [note("ä\n\0\u2028"), Refused(command=1, why="x"), note("'; DROP")]
    made = [ledger.append("cli:me", "plan", one, at=5.0) for one in records]
    assert [one.record for one in made] == records
    assert list(ledger.entries()) == made
    assert list(ledger.entries(after=1, limit=1)) == made[1:2]
    assert ledger.last() == made[-1]
    assert ledger.size() == 3
    assert [one.seq for one in made] == [1, 2, 3]
    assert [one.previous for one in made] == [FIRST, made[0].hash, made[1].hash]
    found = ledger.verify()
    assert found.holds
    assert (found.entries, found.head) == (3, made[-1].hash)


def test_time_never_goes_back(ledger: Ledger) -> None:
    assert [ledger.append("a", "", note(), at=at).at for at in (7.0, 3.0, 7.5, 0.0)] == [
        7.0, 7.0, 7.5, 7.5,
    ]  # fmt: skip


def test_reading_crosses_pages(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("frontrunner.takeover.ledger.ledger._PAGE", 3)
    for _ in range(7):
        ledger.append("a", "", note())
    for limit in (None, 0, 1, 3, 4, 6, 7, 9):
        wanted = list(range(1, 8))[:limit]
        assert [one.seq for one in ledger.entries(limit=limit)] == wanted
    assert ledger.verify().entries == 7


@pytest.mark.parametrize(
    ("actor", "record", "at"),
    [
        ("a\nb", note(), 0.0),
        ("\ud800", note(), 0.0),
        ("a", note("\ud800"), 0.0),
        ("a", Unknown(name="x", text="{}"), 0.0),
        ("a", note(), float("nan")),
        ("a", note(), -1.0),
        ("a", note(), 1e12),
    ],
)
def test_what_cannot_be_stored_is_refused(
    ledger: Ledger, actor: str, record: Record, at: float
) -> None:
    with pytest.raises(LedgerError):
        ledger.append(actor, "", record, at=at)
    assert ledger.size() == 0
    ledger.append("a", "", note())
