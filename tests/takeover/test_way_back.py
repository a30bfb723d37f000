"""What is said about the way back without a ledger fits what moves the users."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from frontrunner.base.config import load_settings
from frontrunner.takeover.way_back import places_of, way_back, without_ledger


@dataclass(frozen=True)
class Names:
    strategy: str
    space: str = "board/leaderboard"
    demo: str = "board/demo"
    archive: str = "board/old"


def test_behind_a_gateway(tmp_path: Path) -> None:
    assert places_of(load_settings(tmp_path, {})) is None
    home = tmp_path / "a home"
    assert way_back(None, home) == f"run: frontrunner gateway share 0 --force --home '{home}'"
    assert way_back(None, force=False) == "run: frontrunner gateway share 0"


def test_on_the_hub(tmp_path: Path) -> None:
    environ = {"FRONTRUNNER_TAKEOVER_PLANE": "hub"}
    places = places_of(load_settings(tmp_path, environ))
    assert without_ledger(places).endswith("without the ledger, run: frontrunner hub restore")
    assert "gateway" not in without_ledger(Names("overwrite"))


def test_names_are_given_back_by_hand() -> None:
    assert way_back(Names("rename")) == (
        "rename on the Hub, by hand: board/leaderboard to board/demo, then board/old to "
        "board/leaderboard"
    )
