"""The past of boards and models, from how boards stood."""

from __future__ import annotations

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from frontrunner.snapshot.standings import Standing, Standings
from frontrunner.snapshot.timeline import MOST_CHANGES, BoardPast, Change, ModelPast, Timeline


def line(*moments: dict[str, dict[str, tuple[int, float | None]]]) -> Timeline:
    made = Timeline()
    for moment in moments:
        made.add(standings(moment))
    return made


def standings(moment: dict[str, dict[str, tuple[int, float | None]]]) -> Standings:
    return {
        board: {model: Standing(*one) for model, one in rows.items()}
        for board, rows in moment.items()
    }


def test_a_model_has_its_places_and_a_board_its_leaders() -> None:
    made = line(
        {"B": {"a": (1, 0.9), "b": (2, None)}},
        {"B": {"c": (1, 0.95), "a": (2, 0.9), "b": (3, None)}},
        {"B": {"c": (1, 0.95), "b": (2, None)}},
    )
    models, boards = dict(made.models()), dict(made.boards())
    states = [(one.point, one.rank, one.models, one.mean) for one in models["b"].boards["B"]]
    assert states == [(0, 2, 2, None), (1, 3, 3, None), (2, 2, 2, None)]
    assert [(one.models, one.came, one.went, one.top[0].model) for one in boards["B"].states] == [
        (2, 0, 0, "a"), (3, 1, 0, "c"), (2, 0, 1, "c"),
    ]  # fmt: skip
    kinds = [(one.point, one.kind, one.model) for one in boards["B"].changes]
    assert kinds == [(2, "went", "a"), (1, "leader", "c"), (1, "came", "c")]
    of_a = [(one.point, one.kind) for one in models["a"].changes]
    assert of_a == [(2, "went"), (1, "moved")]


def test_another_mean_is_a_change_and_being_moved_by_others_is_none_of_the_board() -> None:
    made = line({"B": {"a": (1, 0.9), "b": (2, 0.8)}}, {"B": {"b": (1, 0.95), "a": (2, 0.9)}})
    changes = dict(made.boards())["B"].changes
    assert changes[1] == Change(1, "rescored", "B", "b", 2, 1, 0.8, 0.95)
    assert [one.kind for one in changes] == ["leader", "rescored"]


def test_the_first_moment_is_no_change() -> None:
    assert dict(line({"B": {"a": (1, 0.9)}}).boards())["B"].changes == ()


def test_a_board_that_begins_later_counts_its_models_as_new() -> None:
    made = line({}, {"B": {"a": (1, 0.9)}})
    assert [one.kind for one in dict(made.boards())["B"].changes] == ["came"]


def test_changes_are_bounded_and_the_newest_stay() -> None:
    many: list[dict[str, dict[str, tuple[int, float | None]]]] = [
        {"B": {"a": (1, number / 1000)}} for number in range(MOST_CHANGES + 20)
    ]
    changes = dict(line(*many).boards())["B"].changes
    assert len(changes) == MOST_CHANGES
    assert changes[0].point == MOST_CHANGES + 19


Moments = list[dict[str, dict[str, tuple[int, float | None]]]]
ROWS = st.dictionaries(
    st.sampled_from("abcde"),
    st.tuples(st.integers(1, 3), st.one_of(st.none(), st.sampled_from([0.1, 0.2, 0.3]))),
)
MOMENTS = st.lists(st.dictionaries(st.sampled_from(["B", "C", "D"]), ROWS), max_size=6)


def kept(made: Timeline) -> tuple[dict[str, BoardPast], dict[str, ModelPast]]:
    """What is stored of a timeline, as it is read back."""
    body = msgspec.msgpack.encode((dict(made.boards()), dict(made.models())))
    return msgspec.msgpack.decode(body, type=tuple[dict[str, BoardPast], dict[str, ModelPast]])


@given(MOMENTS, st.data())
@settings(max_examples=60)
def test_a_timeline_that_goes_on_is_one_that_is_made_anew(
    moments: Moments, data: st.DataObject
) -> None:
    done = data.draw(st.integers(0, len(moments)))
    before = standings(moments[done - 1]) if done else {}
    made = Timeline.resumed(done, before, *kept(line(*moments[:done])))
    for one in moments[done:]:
        made.add(standings(one))
    assert kept(made) == kept(line(*moments))
    assert list(made.models()) == list(line(*moments).models())
