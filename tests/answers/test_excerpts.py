"""Parts of a board's JSON."""

from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from frontrunner.answers import excerpts

ROWS = st.lists(
    st.tuples(
        st.sampled_from(["org/a", "org/b", "org/c"]), st.sets(st.sampled_from(["T1", "T2", "T3"]))
    ),
    max_size=6,
)


def board(rows: list[tuple[str, set[str]]]) -> bytes:
    """A board whose rows are ranked in their order."""
    return msgspec.json.encode(
        {
            "tasks": ["T1", "T2", "T3"],
            "rows": [
                {
                    "rank": number,
                    "model": {"name": name, "modelType": "dense", "languages": ["English"]},
                    "meanTask": None,
                    "meanTaskType": 0.5,
                    "totalParamsB": 0.1,
                    "scoresByTask": dict.fromkeys(sorted(tasks), 0.5),
                }
                for number, (name, tasks) in enumerate(rows, start=1)
            ],
        }
    )


@given(ROWS)
def test_of_several_rows_of_a_model_the_first_counts(rows: list[tuple[str, set[str]]]) -> None:
    body = board(rows)
    covered, ranks = excerpts.coverage(body), excerpts.ranks(body)
    assert list(covered.of_model) == list(dict.fromkeys(name for name, _ in rows))
    for name in covered.of_model:
        place = next(number for number, row in enumerate(rows) if row[0] == name)
        assert covered.of_model[name] == tuple(sorted(rows[place][1]))
        assert ranks[name] == place + 1
    assert excerpts.count_rows(body) == len(rows) == len(excerpts.leader_rows(body))
