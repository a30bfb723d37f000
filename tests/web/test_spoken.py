"""Other words for languages and kinds of task."""

from __future__ import annotations

from frontrunner.answers.service import Service
from frontrunner.web.spoken import of_task, spoken
from tests.factories import LANGUAGES, task
from tests.web.conftest import NAME


def test_a_task_is_called_by_its_kind_and_by_what_speakers_call_its_languages() -> None:
    found = of_task(task("T", type="PairClassification", subsets={"d": ("deu-Latn",)}), LANGUAGES)
    assert {"Pair", "Classification", "German", "deutsch", "nli"} <= set(found.split())


def test_what_is_in_many_languages_is_about_none_of_them() -> None:
    subsets = {
        code: (f"{code}-Latn",) for code in ("deu", "eng", "fra", "spa", "ita", "por", "pol")
    }
    found = of_task(task("T", subsets=subsets), LANGUAGES)
    assert "multilingual" in found
    assert "deutsch" not in found


def test_the_words_of_a_snapshot_are_made_once(service: Service) -> None:
    assert spoken(service) is spoken(service)
    assert "deutsch" in spoken(service).boards[NAME]
