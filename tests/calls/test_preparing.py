"""Preparing the answers to old calls, in the shape of the board that was adopted."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from frontrunner.base.home import Home
from frontrunner.calls.pack import CONFIG, INFO, MODEL_TYPES, has_calls, open_calls
from frontrunner.calls.preparing import app_id, prepare_calls
from frontrunner.legacy.adopted import adopt, read_adopted
from frontrunner.legacy.files.tree import read_tree
from frontrunner.snapshot.reader import Snapshot
from tests.factories import small_snapshot
from tests.legacy.factory import row, write_board


@pytest.fixture
def adopted(tmp_path: Path) -> tuple[Path, Snapshot]:
    """A home with a snapshot, whose old board was adopted."""
    snapshot = small_snapshot(tmp_path)
    tables = {name: [row("a", T1=1.0)] for name in ("en", "en/STS", "en/Retrieval", "no/STS")}
    adopt(read_tree(write_board(tmp_path / "old", tables)), tmp_path / "home")
    return tmp_path / "home", snapshot


def test_configuration_description_and_types_are_prepared(
    adopted: tuple[Path, Snapshot],
) -> None:
    home, snapshot = adopted
    found = read_adopted(home)
    assert found is not None
    prepare_calls(home, snapshot, found)
    pack = open_calls(Home(home).calls_of(snapshot.id))
    config = msgspec.json.decode(pack.body(CONFIG) or b"")
    info = msgspec.json.decode(pack.body(INFO) or b"")
    assert config["app_id"] == app_id(snapshot.id)
    assert "first MTEB leaderboard" in str(config["components"])
    assert info["named_endpoints"]
    assert msgspec.json.decode(pack.body(MODEL_TYPES) or b"") is not None
    pack.close()


def test_again_removes_those_of_other_snapshots(adopted: tuple[Path, Snapshot]) -> None:
    home, snapshot = adopted
    found = read_adopted(home)
    assert found is not None
    other = Home(home).calls_of("0" * 16)
    other.mkdir(parents=True)
    (other / "calls.index").write_bytes(b"")
    prepare_calls(home, snapshot, found, again=True)
    assert has_calls(home, snapshot.id)
    assert not other.exists()


def test_the_application_has_a_number_of_its_own_for_each_snapshot() -> None:
    assert app_id("ed2e2626733b5f3a") != app_id("447b5a90ee483d65")
    assert app_id("ffffffffffffffff") < 2**63
