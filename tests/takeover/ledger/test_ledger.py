"""The ledger: what is appended is read back, in order, in one chain."""

from __future__ import annotations

import shutil
import subprocess
import time
from hashlib import sha256
from pathlib import Path

import pytest
import sqlalchemy as sql

from frontrunner.base.errors import LedgerError
from frontrunner.takeover.ledger.hashes import FIRST, Fault
from frontrunner.takeover.ledger.ledger import Ledger
from frontrunner.takeover.records import Noted, Record, Refused, Unknown
from tests.postgres import Cluster


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


def test_the_clock_of_the_machine_may_step_back(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = ledger.append("a", "", note())
    assert abs(first.at - time.time()) < 3600
    monkeypatch.setattr(time, "time", lambda: first.at - 86_400)
    assert ledger.append("a", "", note()).at == first.at
    assert ledger.verify().holds


# --- damage ---------------------------------------------------------------------------------------


def change(ledger: Ledger, *statements: str) -> None:
    with ledger.database.engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


@pytest.mark.parametrize(
    ("statements", "fault", "seq"),
    [
        (["UPDATE ledger SET record = '{}' WHERE seq = 3"], Fault.CHANGED, 3),
        (["UPDATE ledger SET token = 9 WHERE seq = 1"], Fault.CHANGED, 1),
        (["DELETE FROM ledger WHERE seq = 2"], Fault.MISSING, 2),
        (["DELETE FROM ledger WHERE seq > 3"], Fault.CUT, 4),
        (["DELETE FROM ledger"], Fault.CUT, 1),
        (["UPDATE ledger SET seq = 0 WHERE seq = 1"], Fault.OUT_OF_ORDER, 0),
        (
            [
                "UPDATE ledger SET seq = 99 WHERE seq = 2",
                "UPDATE ledger SET seq = 2 WHERE seq = 4",
                "UPDATE ledger SET seq = 4 WHERE seq = 99",
            ],
            Fault.CHANGED,
            2,
        ),
        (["UPDATE ledger_tail SET seq = 3"], Fault.CHANGED, 3),
        (
            [
                "UPDATE ledger_tail SET seq = 3, "
                "hash = (SELECT hash FROM ledger WHERE ledger.seq = 3)"
            ],
            Fault.ADDED,
            4,
        ),
        (["DELETE FROM ledger_tail"], Fault.ADDED, 1),
        (
            [
                "INSERT INTO ledger SELECT 6, at, actor, plan, token, record, hash, 'made up' "
                "FROM ledger WHERE seq = 5"
            ],
            Fault.ADDED,
            6,
        ),
    ],
)
def test_damage_is_named_and_the_ledger_goes_on(
    ledger: Ledger, statements: list[str], fault: Fault, seq: int
) -> None:
    """A controller has to be able to roll back, whatever became of its ledger."""
    for _ in range(5):
        ledger.append("a", "p", note())
    change(ledger, *statements)
    found = ledger.verify()
    assert (found.fault, found.seq) == (fault, seq)
    assert found.text
    made = ledger.append("a", "p", note("later"))
    assert made.seq >= 6
    assert ledger.last() == made
    again = ledger.verify()
    if any("UPDATE ledger_tail" in one for one in statements):
        assert again.holds  # no entry was touched, and the mark is right again
    else:
        assert not again.holds  # the damage stays where it is
        assert again.seq == seq


def test_a_cut_end_is_found_by_a_hash_that_was_kept(ledger: Ledger) -> None:
    made = [ledger.append("a", "p", note()) for _ in range(3)]
    change(
        ledger,
        "DELETE FROM ledger WHERE seq = 3",
        f"UPDATE ledger_tail SET seq = 2, hash = '{made[1].hash}'",  # noqa: S608
    )
    assert ledger.verify().holds  # as the module says
    assert ledger.verify({3: made[2].hash}).fault is Fault.CUT


def test_a_record_of_a_later_version_is_read_and_verified(ledger: Ledger) -> None:
    text = '{"kind":"moon-phase","phase":3}'
    at = "2026-01-01T00:00:00.000000Z"
    own = sha256(f"1\n{at}\na\np\n0\n{text}\n{FIRST}\n".encode()).hexdigest()
    change(
        ledger,
        f"INSERT INTO ledger VALUES (1, '{at}', 'a', 'p', 0, '{text}', '{FIRST}', '{own}')",  # noqa: S608
        f"UPDATE ledger_tail SET seq = 1, hash = '{own}'",  # noqa: S608
    )
    [entry] = ledger.entries()
    assert entry.record == Unknown(name="moon-phase", text=text)
    assert ledger.append("a", "p", note()).previous == own
    assert ledger.verify().entries == 2


def test_bytes_that_are_no_text_are_named(tmp_path: Path) -> None:
    ledger = Ledger("", tmp_path)
    for _ in range(3):
        ledger.append("a", "p", note())
    change(ledger, "UPDATE ledger SET record = CAST(x'ff80' AS TEXT) WHERE seq = 2")
    found = ledger.verify()
    assert (found.fault, found.seq) == (Fault.CHANGED, 2)
    assert [entry.seq for entry in ledger.entries()] == [1, 2, 3]
    ledger.close()


# --- the recipe -----------------------------------------------------------------------------------

COLUMNS = "seq, at, actor, plan, token, record, previous"


def test_the_documentation_has_the_recipe() -> None:
    text = (Path(__file__).parents[3] / "docs/takeover.md").read_text(encoding="utf-8")
    query = f"SELECT {COLUMNS} FROM ledger WHERE seq = 1"  # noqa: S608
    assert f"sqlite3 -separator $'\\n' HOME/takeover/ledger.db \\\n  '{query}' | sha256sum" in text
    assert f"psql -XAtq -F $'\\n' -c '{query}' URL | sha256sum" in text


def test_a_person_recomputes_a_hash_with_the_shell_of_sqlite(tmp_path: Path) -> None:
    program = shutil.which("sqlite3")
    if program is None:
        pytest.skip("the shell of SQLite is not installed: make setup-postgres")
    ledger = Ledger("", tmp_path)
    ledger.append("cli:me", "plan", note("ä 'quoted' \n | 1"))
    entry = ledger.append("controller", "plan", note("two"))
    ledger.close()
    for seq, wanted in ((1, entry.previous), (2, entry.hash)):
        query = f"SELECT {COLUMNS} FROM ledger WHERE seq = {seq}"  # noqa: S608
        command: list[str | Path] = [program, "-separator", "\n", tmp_path / "ledger.db", query]
        text = subprocess.run(command, capture_output=True, check=True).stdout
        assert sha256(text).hexdigest() == wanted


@pytest.mark.postgres
def test_a_person_recomputes_a_hash_with_psql(postgres: Cluster, tmp_path: Path) -> None:
    with postgres.database() as url:
        ledger = Ledger(url, tmp_path)
        ledger.append("cli:me", "plan", note("ä 'quoted' \n | 1"))
        entry = ledger.append("controller", "plan", note("two"))
        ledger.close()
        name = sql.make_url(url).database or ""
        for seq, wanted in ((1, entry.previous), (2, entry.hash)):
            text = postgres.psql(f"SELECT {COLUMNS} FROM ledger WHERE seq = {seq}", name)  # noqa: S608
            assert sha256(text.encode()).hexdigest() == wanted
