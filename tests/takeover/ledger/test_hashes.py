"""The chain: no change goes unnoticed that a chain can show, and the rest is named."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontrunner.takeover.ledger.hashes import (
    FIRST,
    NOTHING,
    Fault,
    Mark,
    Row,
    check,
    entry_of,
    hash_of,
    row_of,
    text_of,
    time_text,
)
from frontrunner.takeover.records import Noted, Unknown

WORDS = st.text(st.characters(exclude_categories=["C", "Zl", "Zp"]), max_size=8)
RECORDS = st.builds(lambda text: msgspec.json.encode(Noted(topic="t", text=text)).decode(), WORDS)


@dataclass
class Chain:
    rows: list[Row]
    mark: Mark

    def found(self, known: dict[int, str] | None = None) -> tuple[Fault | None, int]:
        verified = check(sorted(self.rows), self.mark, known or {})
        assert verified.holds == (verified.fault is None)
        if verified.fault and verified.seq > 0:
            assert verified.entries == verified.seq - 1
        return verified.fault, verified.seq


def linked(rows: Sequence[Row], mark: Mark = NOTHING) -> Chain:
    """The rows with the hashes that they have to have."""
    made = []
    for given_row in rows:
        row = given_row._replace(seq=mark.seq + 1, previous=mark.hash)
        made.append(row._replace(hash=hash_of(row)))
        mark = Mark(made[-1].seq, made[-1].hash)
    return Chain(made, mark)


@st.composite
def chains(draw: st.DrawFn, least: int = 1) -> Chain:
    contents = draw(
        st.lists(
            st.tuples(WORDS, WORDS, st.integers(0, 9), RECORDS, st.floats(0, 10)),
            min_size=least,
            max_size=9,
        )
    )
    times = sorted(one[-1] for one in contents)
    return linked(
        [
            Row(0, time_text(at), actor, plan, token, record, "", "")
            for (actor, plan, token, record, _), at in zip(contents, times, strict=True)
        ]
    )


@given(chains(least=0))
def test_a_chain_that_was_not_touched_holds(chain: Chain) -> None:
    assert chain.found() == (None, 0)
    assert chain.found({row.seq: row.hash for row in chain.rows}) == (None, 0)


@given(chains(), st.data())
def test_any_change_of_any_column_is_found(chain: Chain, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(chain.rows) - 1))
    name = data.draw(
        st.sampled_from(["at", "actor", "plan", "token", "record", "previous", "hash"])
    )
    old = getattr(chain.rows[at], name)
    new = data.draw((st.integers() if name == "token" else st.text()).filter(lambda v: v != old))
    chain.rows[at] = Row(**{**chain.rows[at]._asdict(), name: new})
    assert chain.found() == (Fault.CHANGED, at + 1)


@given(chains(), st.data())
def test_text_moved_between_columns_is_found(chain: Chain, data: st.DataObject) -> None:
    """Two rows with the same text would be one entry: no column may take part of the next."""
    at = data.draw(st.integers(0, len(chain.rows) - 1))
    row = chain.rows[at]
    lines = "\n".join([row.actor, row.plan])
    cuts = [i for i in range(len(lines) + 1) if i != len(row.actor)]
    cut = data.draw(st.sampled_from(cuts))
    chain.rows[at] = row._replace(actor=lines[:cut], plan=lines[cut + 1 :])
    if chain.rows[at] != row:
        assert chain.found() == (Fault.CHANGED, at + 1)


@given(chains(), st.data())
def test_a_change_whose_hash_was_recomputed_breaks_what_follows(
    chain: Chain, data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(chain.rows) - 1))
    kept = {at + 1: chain.rows[at].hash}
    row = chain.rows[at]._replace(actor=chain.rows[at].actor + "x")
    chain.rows[at] = row._replace(hash=hash_of(row))
    is_last = at == len(chain.rows) - 1
    assert chain.found() == ((Fault.CHANGED, at + 1) if is_last else (Fault.OUT_OF_ORDER, at + 2))
    assert chain.found(kept) == (Fault.CHANGED, at + 1)


@given(chains(), st.data())
def test_any_deletion_is_found(chain: Chain, data: st.DataObject) -> None:
    numbers = st.sampled_from([row.seq for row in chain.rows])
    gone = data.draw(st.sets(numbers, min_size=1))
    end = len(chain.rows)
    chain.rows = [row for row in chain.rows if row.seq not in gone]
    first = min(gone)
    is_cut = all(seq in gone for seq in range(first, end + 1))
    assert chain.found() == (Fault.CUT if is_cut else Fault.MISSING, first)


@given(chains(least=2), st.data())
def test_any_swap_is_found(chain: Chain, data: st.DataObject) -> None:
    pair = st.lists(st.integers(0, len(chain.rows) - 1), min_size=2, max_size=2, unique=True)
    a, b = sorted(data.draw(pair))
    one, other = chain.rows[a], chain.rows[b]
    chain.rows[a], chain.rows[b] = other._replace(seq=one.seq), one._replace(seq=other.seq)
    assert chain.found() == (Fault.CHANGED, a + 1)


@given(chains(), st.data(), st.booleans())
def test_any_insertion_is_found(chain: Chain, data: st.DataObject, is_linked: bool) -> None:
    """Later entries are numbered anew, with their hashes left or with hashes of their own."""
    at = data.draw(st.integers(0, len(chain.rows)))
    head = Mark(at, chain.rows[at - 1].hash if at else FIRST)
    time = chain.rows[at - 1].at if at else chain.rows[0].at
    [new] = linked([Row(0, time, "x", "", 0, "{}", "", "")], head).rows
    after = [row._replace(seq=row.seq + 1) for row in chain.rows[at:]]
    if is_linked:
        after = [row._replace(hash=hash_of(row)) for row in after]
    chain.rows = [*chain.rows[:at], new, *after]
    if not after:
        assert chain.found() == (Fault.ADDED, at + 1)
    elif len(after) == 1:  # the new one has the number of the mark
        assert chain.found() == (Fault.CHANGED, at + 1)
    else:
        assert chain.found() == (Fault.OUT_OF_ORDER if is_linked else Fault.CHANGED, at + 2)


@given(chains())
def test_a_chain_made_anew_is_found_by_a_hash_that_was_kept(chain: Chain) -> None:
    kept = {row.seq: row.hash for row in chain.rows}
    forged = linked([row._replace(actor=row.actor + "x") for row in chain.rows])
    assert forged.found() == (None, 0)  # what no chain without a signature can show
    assert forged.found(kept) == (Fault.CHANGED, 1)
    shorter = linked(chain.rows[:-1])
    assert shorter.found() == (None, 0)
    assert shorter.found(kept) == (Fault.CUT, len(chain.rows))


@given(chains())
def test_a_damaged_mark_is_found(chain: Chain) -> None:
    kept = {row.seq: row.hash for row in chain.rows}
    end = len(chain.rows)
    for mark, found in (
        (Mark(end, FIRST), (Fault.CHANGED, end)),
        (Mark(end + 1, chain.mark.hash), (Fault.CUT, end + 1)),
        (NOTHING, (Fault.ADDED, 1)),
    ):
        chain.mark = mark
        assert chain.found() == chain.found(kept) == found


def test_numbers_begin_at_one_and_time_goes_on() -> None:
    rows = [Row(0, time_text(at), "a", "", 0, "{}", "", "") for at in (5.0, 4.0)]
    assert linked(rows).found() == (Fault.OUT_OF_ORDER, 2)
    assert Chain([rows[0]], NOTHING).found() == (Fault.OUT_OF_ORDER, 0)


@given(st.floats(0, 4e9))
def test_times_are_kept_to_the_microsecond_and_sort_as_text(at: float) -> None:
    entry = entry_of(Row(1, time_text(at), "", "", 0, "{}", "", ""))
    assert abs(entry.at - at) <= 1e-6
    assert time_text(entry.at) == time_text(at)
    later = at + 1e-5
    assert time_text(later) >= time_text(at)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ('{"kind":"moon-phase","phase":3}', "moon-phase"),
        ('{"kind":"note","topic":7}', "note"),
        ('{"kind":"command","verb":"levitate"}', "command"),
        ('{"kind":"unknown","name":"x","text":"y"}', "unknown"),
        ('{"topic":"no kind"}', ""),
        ("[1]", ""),
        ("no JSON", ""),
        ("[" * 100_000, ""),
    ],
)
def test_a_record_that_is_not_known_is_given_as_it_is(text: str, name: str) -> None:
    chain = linked([Row(0, time_text(1.0), "a", "", 0, text, "", "")])
    assert chain.found() == (None, 0)
    assert entry_of(chain.rows[0]).record == Unknown(name=name, text=text)


def test_fields_that_a_later_version_added_are_passed_over() -> None:
    text = '{"kind":"note","topic":"a","text":"b","mood":"new"}'
    row = Row(1, time_text(1.0), "a", "", 0, text, FIRST, "")
    assert entry_of(row).record == Noted(topic="a", text="b")


@pytest.mark.parametrize("odd", [None, b"\xff\x00", 1.5, "text", -1, ""])
def test_a_row_of_any_types_can_be_read_and_is_found(odd: object) -> None:
    good = linked([Row(0, time_text(1.0), "a", "p", 0, "{}", "", "")]).rows[0]
    for column in range(1, 8):
        values: list[object] = [*good]
        values[column] = odd
        row = row_of(values)
        assert check([row], Mark(1, good.hash), {}).fault is Fault.CHANGED
        entry_of(row)
        text_of(row)


def test_a_long_random_walk_of_damage_is_always_found() -> None:
    """Bits of the stored texts flip one at a time, as on a bad disk."""
    rows = [Row(0, time_text(n), "a", "p", 1, '{"n":1}', "", "") for n in range(5)]
    chain = linked(rows)
    chance = random.Random(7)
    for _ in range(500):
        at, column = chance.randrange(5), chance.choice((1, 2, 3, 5, 6, 7))
        data = bytearray(str(chain.rows[at][column]).encode())
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        values: list[object] = [*chain.rows[at]]
        values[column] = bytes(data)
        damaged = [*chain.rows]
        damaged[at] = row_of(values)
        assert Chain(damaged, chain.mark).found() == (Fault.CHANGED, at + 1)
