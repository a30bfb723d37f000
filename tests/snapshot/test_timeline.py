"""The past of boards and models, from how boards stood."""

from __future__ import annotations

from frontrunner.snapshot.standings import Standing
from frontrunner.snapshot.timeline import MOST_CHANGES, Change, Timeline


def line(*moments: dict[str, dict[str, tuple[int, float | None]]]) -> Timeline:
    made = Timeline()
    for moment in moments:
        made.add(
            {
                board: {model: Standing(*one) for model, one in rows.items()}
                for board, rows in moment.items()
            }
        )
    return made


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
