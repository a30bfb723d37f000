"""Several catalog.toml as one."""

from __future__ import annotations

from pathlib import Path

import pytest

from frontrunner.base.errors import CatalogError
from frontrunner.catalog.own import own_alone

TASK = '[[task]]\nname = "T"\ntype = "STS"\nmain_score = "s"\nlanguages = ["eng-Latn"]\n'
MODEL = '[[model]]\nname = "org/a"\nparameters = {}\n'
BOARD = '[[benchmark]]\nname = "B"\ntasks = ["T"]\n'


def files(folder: Path, *texts: str) -> list[Path]:
    paths = [folder / f"{number}.toml" for number in range(len(texts))]
    for path, text in zip(paths, texts, strict=True):
        path.write_text(text)
    return paths


def test_entries_of_several_files_refer_to_each_other(tmp_path: Path) -> None:
    own = own_alone(*files(tmp_path, BOARD, TASK))
    assert own.benchmarks[0].scopes[0].task == "T"
    assert own.source == "0.toml + 1.toml"
    assert own.notices == ()


def test_the_later_file_wins_and_a_notice_says_so(tmp_path: Path) -> None:
    own = own_alone(*files(tmp_path, TASK + MODEL.format(1), BOARD, MODEL.format(2)))
    assert own.model_by_name["org/a"].parameters == 2
    assert own.notices == ("[[model]] org/a: 2.toml replaces 0.toml.",)


def test_twice_in_one_file_is_still_a_mistake(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match=r"0\.toml, line 2.*in this file already"):
        own_alone(*files(tmp_path, MODEL.format(1) * 2, TASK))


def test_a_mistake_names_its_own_file_and_line(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match=r"1\.toml, line 3, key benchmark\[0\]\.tasks\[0\]"):
        own_alone(*files(tmp_path, TASK, BOARD.replace('["T"]', '["U"]'), MODEL.format(1)))
    with pytest.raises(CatalogError, match=r"2\.toml, line 3.*parameters"):
        own_alone(*files(tmp_path, TASK, BOARD, MODEL.format(-1)))
