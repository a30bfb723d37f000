"""`frontrunner gateway` and `doctor` while no gateway runs."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
import yaml

from frontrunner.base.way_back import keep_settings
from frontrunner.gateway.feedback import Feedback, Message
from frontrunner.gateway.shadow.tally import RouteTally, Tally, write_tally
from tests.command import run_command
from tests.gateway.boards import Board
from tests.ports import free_port

SETTINGS = '[gateway]\nold = "http://127.0.0.1:7860"\nnew = "http://127.0.0.1:8000"\n'


def run(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    before, after = words[:2], words[2:]
    return run_command(*before, "--home", str(home), *after)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "frontrunner.toml").write_text(SETTINGS)
    return tmp_path


def test_a_share_set_before_the_start_is_kept_and_said_not_to_be_seen(home: Path) -> None:
    answer = run(home, "gateway", "share", "2.5%", "--json")
    assert answer.returncode == 0
    assert json.loads(answer.stdout) == {"asked": 2.5, "seen": None}
    assert "The gateway is not running" in answer.stderr
    answer = run(home, "gateway", "status", "--json")
    status = json.loads(answer.stdout)
    assert (status["running"], status["asked"]["share"]) == (False, 2.5)
    assert "salt" not in status["asked"]
    for_people = run(home, "gateway", "status")
    assert (answer.returncode, for_people.returncode, for_people.stdout) == (6, 6, "")
    sentence = f"No Envoy runs in {home / 'gateway'}. Start it with: frontrunner gateway run"
    assert status["problem"] == sentence
    assert f"2.5% is asked for. {sentence} --home {home}\n" in for_people.stderr
    routes = yaml.safe_load((home / "gateway" / "routes.yaml").read_text())
    assert routes["version_info"] == "1-250-0-00"


@pytest.mark.parametrize("percent", ["-1", "101", "nan", "x", "1e9", ""])
def test_no_other_share_is_taken(home: Path, percent: str) -> None:
    answer = run(home, "gateway", "share", "--", percent)
    assert answer.returncode == 2
    assert "PERCENT must be 0 to 100" in answer.stderr
    assert not (home / "gateway").exists()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("gateway", "run"), "gateway.old is not set"),
        (("gateway", "share", "5"), "gateway.old is not set"),
        (("gateway", "banner", "on"), "gateway.old is not set"),
        (("gateway", "feedback"), "does not exist. Check --home."),
    ],
)
def test_a_home_with_a_mistyped_name_is_not_created(
    tmp_path: Path, words: tuple[str, ...], says: str
) -> None:
    answer = run(tmp_path / "none", *words)
    assert (answer.returncode, answer.stdout) == (6, "")
    assert says in answer.stderr
    assert not (tmp_path / "none").exists()


def test_what_envoy_does_is_not_guessed(home: Path) -> None:
    answer = run(home, "gateway", "share")
    assert answer.returncode == 6
    assert "frontrunner gateway run" in answer.stderr


def test_a_damaged_state_is_said_and_not_replaced(home: Path) -> None:
    (home / "gateway").mkdir()
    (home / "gateway" / "state.json").write_text('{"share": 99999}')
    for words in (("share", "1"), ("status",), ("banner", "on")):
        answer = run(home, "gateway", *words)
        assert answer.returncode == 6, answer.stderr
        assert "Restore it from a backup" in answer.stderr
    assert (home / "gateway" / "state.json").read_text() == '{"share": 99999}'


def test_all_users_are_taken_back_by_one_command_also_when_settled(home: Path) -> None:
    assert run(home, "gateway", "settle", "--yes", "--force").returncode == 0
    part = run(home, "gateway", "share", "50")
    assert part.returncode == 6
    assert "frontrunner gateway settle --undo --yes" in part.stderr
    assert run(home, "gateway", "share", "0").returncode == 0
    state = json.loads((home / "gateway" / "state.json").read_text())
    assert (state["share"], state["settled"]) == (0, False)


def test_a_mistake_in_the_settings_does_not_keep_users_on_the_new_board(home: Path) -> None:
    state = home / "elsewhere"
    good = f'{SETTINGS}state = "{state}"\n'
    (home / "frontrunner.toml").write_text(good)
    assert run(home, "gateway", "share", "50").returncode == 0
    keep_settings(home)  # as `gateway run` does
    for spoiled in (f"{good}[sitee]\n", good.replace("new =", "nwe ="), good.replace("]", "")):
        (home / "frontrunner.toml").write_text(spoiled)
        assert run(home, "gateway", "share", "60").returncode == 2
        assert json.loads((state / "state.json").read_text())["share"] == 5000
        back = run(home, "gateway", "share", "0", "--json")
        assert (back.returncode, json.loads(back.stdout)["asked"]) == (0, 0.0), back.stderr
        assert "warning: " in back.stderr
        assert "frontrunner.toml" in back.stderr
        assert json.loads((state / "state.json").read_text())["share"] == 0
        assert not (home / "gateway").exists()
        (home / "frontrunner.toml").write_text(good)
        run(home, "gateway", "share", "50")


@pytest.mark.parametrize("percent", ["-5", "101", "half", "--five"])
def test_a_share_that_is_none_is_refused_in_plain_words(home: Path, percent: str) -> None:
    for command in ("share", "shadow"):
        answer = run(home, "gateway", command, percent)
        assert answer.returncode == 2
        assert f"PERCENT must be 0 to 100, such as 2.5; got '{percent}'" in answer.stderr


def test_a_share_too_small_to_be_any_is_not_taken_for_none(home: Path) -> None:
    answer = run(home, "gateway", "share", "0.001")
    assert answer.returncode == 2
    assert "The least share above 0 is 0.01 percent; got '0.001'" in answer.stderr


def test_banner_shadow_and_settling(home: Path) -> None:
    assert run(home, "gateway", "banner", "on").returncode == 0
    assert run(home, "gateway", "banner", "maybe").returncode == 2
    assert run(home, "gateway", "shadow", "10").returncode == 0
    explained = run(home, "gateway", "settle")
    assert explained.returncode == 2
    assert "--yes" in explained.stderr
    state = json.loads((home / "gateway" / "state.json").read_text())
    assert (state["banner"], state["shadow"], state["settled"]) == (True, 1000, False)
    early = run(home, "gateway", "settle", "--yes")
    assert early.returncode == 6
    assert "0% of the visitors get the new board. Give it to all first" in early.stderr
    assert run(home, "gateway", "share", "100").returncode == 0
    assert run(home, "gateway", "settle", "--yes").returncode == 0
    state = json.loads((home / "gateway" / "state.json").read_text())
    assert (state["share"], state["settled"]) == (10_000, True)
    assert run(home, "gateway", "settle", "--undo", "--yes").returncode == 0
    assert json.loads((home / "gateway" / "state.json").read_text())["settled"] is False


def test_shadows_so_far(home: Path) -> None:
    assert json.loads(run(home, "gateway", "shadow", "--json").stdout)["routes"] == {}
    (home / "gateway").mkdir()
    tally = Tally(routes={"/": RouteTally(same=5, old_failed=17)})
    write_tally(home / "gateway" / "shadow.json", tally)
    shown = run(home, "gateway", "shadow").stdout
    assert "old failed" in shown
    assert "17" in shown
    (home / "gateway" / "shadow.toml").write_text("[[ignore]]\nname = 'x'")
    assert run(home, "gateway", "shadow").returncode == 6


def test_rendering_needs_a_salt_that_stays(home: Path) -> None:
    assert "gateway.salt is not set" in run(home, "gateway", "render").stderr
    (home / "frontrunner.toml").write_text(SETTINGS + 'salt = "abc"\n')
    both = run(home, "gateway", "render").stdout
    assert [set(one) & {"static_resources", "resources"} for one in yaml.safe_load_all(both)] == [
        {"static_resources"}, {"resources"},
    ]  # fmt: skip
    assert run(home, "gateway", "render").stdout == both
    config_map = yaml.safe_load(run(home, "gateway", "render", "--kubernetes").stdout)
    assert config_map["kind"] == "ConfigMap"
    written = run(home, "gateway", "render", "--output", str(home / "out")).stdout.split()
    assert [Path(one).name for one in written] == ["envoy.yaml", "routes.yaml"]
    assert all(Path(one).is_file() for one in written)


def test_feedback_is_exported(home: Path) -> None:
    assert "Nobody has sent feedback yet." in run(home, "gateway", "feedback").stderr
    store = Feedback("", home / "gateway")
    store.add(Message(at=0, side="new", page="/", text="=1+1\nfine"))
    store.close()
    assert run(home, "gateway", "feedback").stdout == "1\tnew\t/\t=1+1 fine\n"
    assert "'=1+1" in run(home, "gateway", "feedback", "--csv").stdout
    assert json.loads(run(home, "gateway", "feedback", "--json").stdout)[0]["text"] == "=1+1\nfine"


def test_feedback_is_deleted_after_a_yes(home: Path) -> None:
    store = Feedback("", home / "gateway")
    for text in ("first", "second"):
        store.add(Message(at=0, side="new", page="/", text=text))
    store.close()
    asked = run(home, "gateway", "feedback", "--delete-through", "1")
    assert asked.returncode == 2
    assert "Export them first" in asked.stderr
    done = run(home, "gateway", "feedback", "--delete-through", "1", "--yes", "--json")
    assert json.loads(done.stdout) == {"deleted": 1}
    assert "1 message deleted." in done.stderr
    assert run(home, "gateway", "feedback").stdout == "2\tnew\t/\tsecond\n"


def test_an_unknown_kind_of_file(home: Path) -> None:
    answer = run(home, "gateway", "emit", "sytemd")
    assert answer.returncode == 2
    assert "Did you mean systemd?" in answer.stderr
    assert "ExecStart" in run(home, "gateway", "emit", "systemd").stdout


def test_the_doctor(home: Path) -> None:
    boards = Board("old", pages=("/",)).start(), Board("new").start()
    settings = "[gateway]\n" + "".join(f'{one.name} = "{one.url}"\n' for one in boards)
    for name in ("listen", "metrics"):  # another gateway may have the usual ones
        settings += f'{name} = "127.0.0.1:{free_port()}"\n'
    (home / "frontrunner.toml").write_text(settings)
    fine = run(home, "doctor", "--json")
    for board in boards:
        board.stop()
    assert fine.returncode == 0, fine.stdout
    assert not [one for one in json.loads(fine.stdout) if one["state"] == "wrong"]
    gone = run(home, "doctor")
    assert gone.returncode == 1
    assert "Start the board, or correct gateway.old" in gone.stdout
    (home / "frontrunner.toml").write_text('[gateway]\nold = "x"\n')
    wrong = run(home, "doctor")
    assert wrong.returncode == 1
    assert "must be http://host:port" in wrong.stdout


def test_every_command_speaks_json(home: Path) -> None:
    assert json.loads(run(home, "gateway", "banner", "on", "--json").stdout) == {"banner": True}
    settled = run(home, "gateway", "settle", "--yes", "--force", "--json")
    assert json.loads(settled.stdout) == {"settled": True}
    emitted = json.loads(run(home, "gateway", "emit", "systemd", "--json").stdout)
    assert (emitted["kind"], "ExecStart" in emitted["text"]) == ("systemd", True)
    (home / "frontrunner.toml").write_text(f'{SETTINGS}salt = "x"\n')
    rendered = json.loads(run(home, "gateway", "render", "--json").stdout)
    assert sorted(rendered) == ["envoy.yaml", "routes.yaml"]
    output = str(home / "made")
    written = json.loads(run(home, "gateway", "render", "--json", "--output", output).stdout)
    assert [Path(one).is_file() for one in written["written"]] == [True, True]
