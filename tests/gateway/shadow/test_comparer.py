"""Shadows: counted by verdict, with rules that end, and a comparer that nothing stops."""

from __future__ import annotations

import json
import queue
import re
import threading
from datetime import date
from pathlib import Path

import pytest

from frontrunner.base.errors import GatewayError, NetworkError
from frontrunner.gateway.shadow.canon import Answer
from frontrunner.gateway.shadow.compare import Difference
from frontrunner.gateway.shadow.comparer import Comparer, Shadow, shadow_of
from frontrunner.gateway.shadow.path_templates import OTHER, counted_as, template
from frontrunner.gateway.shadow.rules import IgnoreRule, ignored_by, load_rules
from frontrunner.gateway.shadow.tally import Tally, read_tally
from frontrunner.http.routes import ROUTES

RULE = """[[ignore]]
name = "a model left"
route = "/v1/benchmarks/*/scores"
kind = "missing"
where = "old-*"
owner = "ada"
reason = "withdrawn by its authors"
until = {until}
"""


def board(*names: str, status: int = 200) -> Answer:
    rows = [{"rank": n, "model": {"name": name}, "meanTask": 0.5} for n, name in enumerate(names)]
    return Answer(status, "application/json", json.dumps({"rows": rows}).encode())


class Boards:
    """Boards that give prepared answers, the old one in turn."""

    def __init__(self, old: list[Answer], new: Answer) -> None:
        self.old, self.new, self.asked = old, new, []  # type: ignore[var-annotated]

    def __call__(self, side: str, shadow: Shadow) -> Answer:
        self.asked.append(side)
        if side == "new":
            return self.new
        return self.old[(self.asked.count("old") - 1) % len(self.old)]


SCORES = Shadow("/v1/benchmarks/MTEB/scores", {})


@pytest.mark.parametrize(
    ("old", "new", "outcome"),
    [
        ([board("a", "b")], board("a", "b"), "same"),
        ([board("a", "b"), board("a")], board("a"), "noisy"),
        ([board("a", "b")], board("a"), "different"),
        ([board("old-1", "old-2")], board(), "different"),
        ([board("a", "old-1")], board("a"), "ignored"),
        ([board("old-1", "b", "a")], board("b"), "different"),
        ([board(status=500)], board("a"), "old_failed"),
        ([board("a"), board(status=503)], board("a"), "old_failed"),
        ([board(status=502)], board(status=404), "old_failed"),
        ([board(status=404)], board("a"), "different"),
        ([board("a")], board(status=500), "different"),
    ],
)
def test_verdicts(tmp_path: Path, old: list[Answer], new: Answer, outcome: str) -> None:
    (tmp_path / "shadow.toml").write_text(RULE.format(until="9999-01-01"))
    comparer = Comparer(Boards(old, new), tmp_path)
    assert comparer.compare(SCORES) == outcome
    counts = {name: n for name, n in comparer.tally.totals().items() if n}
    assert counts == {outcome: 1}
    tally = comparer.tally.routes["/v1/benchmarks/*/scores"]
    assert len(tally.examples) == (outcome == "different")


def test_a_rule_ends_on_its_day(tmp_path: Path) -> None:
    (tmp_path / "shadow.toml").write_text(RULE.format(until="2026-01-31"))
    rules = load_rules(tmp_path / "shadow.toml")
    found = [Difference("missing", "old-1", "")]
    route = "/v1/benchmarks/*/scores"
    assert ignored_by(rules, route, found, date(2026, 1, 31)) == ([], ["a model left"])
    assert ignored_by(rules, route, found, date(2026, 2, 1)) == (found, [])


@pytest.mark.parametrize(
    "text",
    [
        "[[ignore]]\nname = 'x'",
        RULE.format(until="'soon'"),
        RULE.format(until="2030-01-01").replace("ada", " "),
        "x = 1",
        "[[ignore]",
        "\xff",
    ],
)
def test_a_rule_without_owner_reason_or_end_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "shadow.toml"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(GatewayError, match=str(path)):
        load_rules(path)


RULE_OF_TITLES = """# why
[[ignore]]
name = "titles"
kind = "title"
owner = "Ada"
reason = "Two programs."
until = 2030-01-01

"""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[ignore]]\nname = 'x'\nowner = 'Ada'\nreason = 'r'\nuntil = 'soon'",
         "the rule at line 9, key until: "),
        ("[[ignore]]\nname = 'x'", "the rule at line 9: Object missing required field `owner`"),
        ("[[ignore]]\nname = 'x'\nowner = 'A'\nreason = 'r'\nuntil = 2030-01-01\nkind = 'titel'",
         "line 9: the rule 'x' has the kind 'titel', which no difference has. Did you mean"),
        ("[[ignore]", "(at line 9, "),
        ("[[ignored]]", "unknown field `ignored`"),
    ],
)  # fmt: skip
def test_a_mistake_in_the_rules_is_named_with_its_line(
    tmp_path: Path, text: str, said: str
) -> None:
    path = tmp_path / "shadow.toml"
    path.write_text(RULE_OF_TITLES + text)
    with pytest.raises(GatewayError, match=re.escape(said)):
        load_rules(path)


def test_rules_that_are_broken_ignore_nothing_and_are_counted(tmp_path: Path) -> None:
    (tmp_path / "shadow.toml").write_text("[[ignore]")
    comparer = Comparer(Boards([board("a")], board("b")), tmp_path)
    comparer.start()
    comparer.take(SCORES)
    comparer.join()
    assert comparer.tally.errors == 1
    assert sum(comparer.tally.totals().values()) == 0


def test_only_stars_have_a_meaning_in_a_rule() -> None:
    rule = IgnoreRule(
        name="x", where="(a+)+$", owner="o", reason="r", until=date(9999, 1, 1)
    )  # fmt: skip
    assert rule.matches("/", Difference("score", "(a+)+$", ""))
    assert not rule.matches("/", Difference("score", "aaa", ""))


def test_a_board_that_does_not_answer_is_counted_apart(tmp_path: Path) -> None:
    def ask(side: str, shadow: Shadow) -> Answer:
        raise NetworkError("too slow")

    comparer = Comparer(ask, tmp_path)
    comparer.start()
    comparer.take(SCORES)
    comparer.join()
    kept = read_tally(tmp_path / "shadow.json")
    assert (kept.errors, kept.routes) == (1, {})


@pytest.mark.parametrize("silent", ["old", "new"])
def test_only_the_new_board_owes_an_answer(tmp_path: Path, silent: str) -> None:
    def ask(side: str, shadow: Shadow) -> Answer:
        if side == silent:
            raise NetworkError("too slow")
        return board("a")

    comparer = Comparer(ask, tmp_path)
    comparer.start()
    comparer.take(SCORES)
    comparer.join()
    kept = read_tally(tmp_path / "shadow.json")
    assert (kept.totals()["old_failed"], kept.errors) == ((1, 0) if silent == "old" else (0, 1))


def test_two_boards_that_fail_do_not_agree(tmp_path: Path) -> None:
    comparer = Comparer(Boards([board(status=500)], board(status=503)), tmp_path)
    comparer.start()
    comparer.take(SCORES)
    comparer.join()
    assert comparer.tally.errors == 1
    assert sum(comparer.tally.totals().values()) == 0


def test_a_comparison_that_crashes_is_not_agreement(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """argo-rollouts#4393: a check that crashed was counted as passed."""

    def crash(_: object) -> None:
        raise ValueError("a fault of ours")

    monkeypatch.setattr("frontrunner.gateway.shadow.comparer.canon", crash)
    comparer = Comparer(Boards([board("a")], board("a")), tmp_path)
    comparer.start()
    for _ in range(3):
        comparer.take(SCORES)
    comparer.join()
    assert comparer.tally.crashed == 3
    assert sum(comparer.tally.totals().values()) == 0


def test_whatever_a_comparison_raises_the_next_one_follows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """html.parser raised AssertionError for some pages, and each ended one of two threads."""

    def crash(_: object) -> None:
        raise AssertionError

    comparer = Comparer(Boards([board("a")], board("a")), tmp_path)
    comparer.start()
    with monkeypatch.context() as patched:
        patched.setattr("frontrunner.gateway.shadow.comparer.canon", crash)
        for _ in range(3):
            comparer.take(SCORES)
        comparer.join()
    comparer.take(SCORES)
    comparer.join()
    kept = read_tally(tmp_path / "shadow.json")
    assert (kept.crashed, kept.totals()["same"]) == (3, 1)


def test_half_of_a_surrogate_pair_in_an_answer_is_kept_as_an_example(tmp_path: Path) -> None:
    comparer = Comparer(Boards([board("a")], board("a", "\ud800")), tmp_path)
    comparer.start()
    comparer.take(SCORES)
    comparer.join()
    [route] = read_tally(tmp_path / "shadow.json").routes.values()
    assert route.examples[0].differences == ["extra ?: only there"]


def test_examples_are_bounded_whatever_boards_answer(tmp_path: Path) -> None:
    long = "x" * 1_000_000
    comparer = Comparer(Boards([board("a")], board(*(f"{long}{n}" for n in range(3)))), tmp_path)
    comparer.compare(SCORES)
    comparer.join()
    assert (tmp_path / "shadow.json").stat().st_size < 10_000
    tally, different = Tally(), [Difference("title", "", "other")]
    for number in range(3000):
        route = tally.add(f"/{number % 300}", "different")
        tally.keep_example(route, "/", different, board("a"), board("b"))
    kept = [len(one.examples) for one in tally.routes.values()]
    assert sum(kept) == 400
    assert min(kept) >= 1


def test_what_comes_too_fast_is_dropped_and_counted(tmp_path: Path) -> None:
    going_on = threading.Event()

    def ask(side: str, shadow: Shadow) -> Answer:
        going_on.wait(20)
        return board("a")

    comparer = Comparer(ask, tmp_path)
    comparer.start()
    for _ in range(300):
        comparer.take(SCORES)
    assert comparer.tally.dropped >= 90
    going_on.set()
    comparer.join()
    assert comparer.tally.totals()["same"] + comparer.tally.dropped == 300


def test_counts_survive_a_restart_and_a_damaged_file(tmp_path: Path) -> None:
    first = Comparer(Boards([board("a")], board("a")), tmp_path)
    first.compare(SCORES)
    first.join()
    second = Comparer(Boards([board("a")], board("a")), tmp_path)
    second.compare(SCORES)
    assert second.tally.totals()["same"] == 2
    (tmp_path / "shadow.json").write_bytes(b"\xff")
    assert read_tally(tmp_path / "shadow.json").totals()["same"] == 0


def test_the_last_counts_are_written_without_another_shadow(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("frontrunner.gateway.shadow.comparer._WRITE_EVERY", 0.5)
    written: queue.Queue[int] = queue.Queue()
    monkeypatch.setattr(
        "frontrunner.gateway.shadow.comparer.write_tally",
        lambda _path, tally: written.put(tally.totals()["same"]),
    )
    comparer = Comparer(Boards([board("a")], board("a")), tmp_path)
    comparer.start()
    for _ in range(5):
        comparer.take(SCORES)
    while written.get(timeout=20) < 5:  # the first comparison is written at once, the rest later
        pass


def test_the_counts_say_until_when_they_are_complete(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    times = iter(range(100))
    monkeypatch.setattr("frontrunner.gateway.shadow.comparer.time.time", lambda: next(times))
    comparer = Comparer(Boards([board("a")], board("a")), tmp_path)
    for _ in range(2):
        comparer.take(SCORES)
    comparer._write(at_once=True)
    (first, second), kept = comparer._open.values(), read_tally(tmp_path / "shadow.json")
    assert kept.counted_until == first < second  # neither is counted yet
    comparer.start()
    comparer.join()
    kept = read_tally(tmp_path / "shadow.json")
    assert kept.counted_until is not None
    assert kept.counted_until > second


def test_a_tally_that_could_not_be_written_is_written_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("frontrunner.gateway.shadow.comparer._WRITE_EVERY", 0.01)
    tries: queue.Queue[int] = queue.Queue()
    has_room = threading.Event()

    def write(path: Path, tally: Tally) -> None:
        if not path.is_relative_to(tmp_path):
            return  # the comparer of another test
        tries.put(tally.totals()["same"])
        if not has_room.is_set():
            raise OSError("the disk is full")

    monkeypatch.setattr("frontrunner.gateway.shadow.comparer.write_tally", write)
    comparer = Comparer(Boards([board("a")], board("a")), tmp_path)
    comparer.start()
    comparer.take(SCORES)
    assert [tries.get(timeout=20) for _ in range(2)] == [1, 1]
    has_room.set()
    comparer.join()  # else it writes on, after the folder of this test is gone


def test_made_up_paths_do_not_take_the_room_of_known_routes() -> None:
    """500 routes were counted apart, whichever came first."""
    tally = Tally()
    for number in range(700):
        tally.add(f"/*.{number}", "same")
        tally.add(f"/zh/*.x?a{number}", "same")
    assert tally.routes[OTHER].same == 1100
    for number in range(50):
        tally.add(f"/?a{number}", "same")
    assert tally.routes[f"/?{OTHER}"].same == 30
    for route in ("/", "/zh", "/v1/benchmarks/*/scores", "/models/*/*?name", "/zh/benchmark/*"):
        assert tally.add(route, "different") is tally.routes[route]
    assert len(tally.routes) == 300 + 1 + 20 + 1 + 5
    assert sum(tally.totals().values()) == 1455


def test_every_route_of_the_api_is_known() -> None:
    full = {f"/*.{number}": 1 for number in range(300)}
    for route in ROUTES:
        made = template(route.path.replace("{name}", "a/b" if "models" in route.path else "a"))
        assert counted_as(made, full) == made


def test_what_acts_for_a_visitor_is_not_sent_on() -> None:
    scope = {
        "path": "/a b", "raw_path": b"/a%20b", "query_string": b"x=1",
        "headers": [(b"cookie", b"c"), (b"authorization", b"d"), (b"accept", b"text/html")],
    }  # fmt: skip
    assert shadow_of(scope) == Shadow("/a%20b?x=1", {"accept": "text/html"})


@pytest.mark.parametrize(
    ("target", "route"),
    [
        ("/", "/"),
        ("/?task=Retrieval&language=fr", "/?language&task"),
        ("/v1/benchmarks/MTEB(eng, v2)/scores.csv", "/v1/benchmarks/*/scores.csv"),
        ("/models/org/name", "/models/*/*"),
        ("/resolve/main/boards_data/en/data_overall/default.jsonl",
         "/resolve/main/boards_data/*/data_overall/*.jsonl"),
        # Clients make up what is between; 300 such names would be 9 MB, written time and again.
        ("/v1." + "x" * 30_000 + "/scores.y.csv", "/v1/scores.csv"),
        ("/a/b/c/d/e/f/g/h?" + "&".join(f"x{n}=1" for n in range(50)), "/*/*/*/*/*/*"),
    ],
)  # fmt: skip
def test_templates(target: str, route: str) -> None:
    assert template(target) == route
