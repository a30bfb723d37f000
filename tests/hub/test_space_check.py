"""Each thing that can be wrong with a Space is named; what `space init` writes is right."""

from __future__ import annotations

from pathlib import Path

import pytest

from frontrunner.base.errors import UsageError
from frontrunner.hub.boxed import Box
from frontrunner.hub.deploying import folder_problems
from frontrunner.hub.space_folder import write_space
from tests.hub.made_board import made_home
from tests.hub.made_hub import README


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_space(made_home(tmp_path / "home"), tmp_path / "space", card=README)
    return tmp_path / "space"


def problems(folder: Path) -> list[str]:
    return [f"{one.where}: {one.text}" for one in folder_problems(folder)]


def test_what_init_writes_is_right(folder: Path, tmp_path: Path) -> None:
    assert problems(folder) == []
    box = Box(snapshot="", dataset="board/snapshots", files={})
    write_space(made_home(tmp_path / "other"), folder, box=box)
    assert problems(folder) == []
    assert not (folder / "home/snapshots").exists()


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("sdk: docker", "sdk: gradio", "sdk is 'gradio'"),
        ("app_port: 7860", "app_port: 80", "app_port is 80"),
        ("title: Old board", "title:", "title is missing"),
        ("license: mit", "", "license is missing"),
        ("colorFrom: blue", "colorFrom: teal", "colorFrom is 'teal'; it must be one of red"),
        ("pinned: true", "pinned: 'yes'", "pinned must be true or false"),
        ("- org/model-a", "- model-a", "models lists 'model-a'"),
        ("tags:", "short_description: " + "x" * 61 + "\ntags:", "more than 60 characters"),
        ("title: Old board", "title: {", "not YAML"),
    ],
)
def test_front_matter(folder: Path, before: str, after: str, said: str) -> None:
    readme = folder / "README.md"
    text = readme.read_text()
    assert before in text
    readme.write_text(text.replace(before, after, 1))
    assert [one for one in problems(folder) if one.startswith("README.md") and said in one]


@pytest.mark.parametrize(
    ("path", "before", "after", "said"),
    [
        ("Dockerfile", "USER 1000", "USER root", "does not run as user 1000"),
        ("Dockerfile", "EXPOSE 7860", "EXPOSE 80", "must expose only port 7860"),
        ("Dockerfile", "slim", "alpine", "is not the one of this project"),
        ("requirements.txt", "polars==", "torch==2.9\npolars==", "torch is not needed"),
        ("requirements.txt", "--hash=sha256:", "--hash=md5:", "has no hashes"),
        ("home/frontrunner.toml", "https://huggingface.co", "https://a.b", "site.framed_by lacks"),
        ("home/board.json", "{", "[", "cannot be read"),
    ],
)
def test_files(folder: Path, path: str, before: str, after: str, said: str) -> None:
    text = (folder / path).read_text()
    assert before in text
    (folder / path).write_text(text.replace(before, after))
    assert [one for one in problems(folder) if one.startswith(path) and said in one]


def test_secrets_are_found_by_name_and_by_content(folder: Path) -> None:
    (folder / ".env").write_text("A=1")
    (folder / "home/console-tokens").write_text("x")
    (folder / "notes.txt").write_text("use hf_abcdefghijklmnopqrstuvwxyz")  # not a real one
    found = problems(folder)
    assert {one.split(":")[0] for one in found} == {".env", "home/console-tokens", "notes.txt"}
    assert "hf_abc" not in " ".join(found)


def test_a_board_that_is_not_the_listed_one(folder: Path) -> None:
    one = next((folder / "home").rglob("scores.parquet"))
    content = one.read_bytes()
    one.write_bytes(content[:-1] + b"?")
    assert "does not match its hash" in problems(folder)[0]
    one.write_bytes(content[:-1])
    assert "bytes, not" in problems(folder)[0]
    one.unlink()
    assert "is missing" in problems(folder)[0]


def test_too_much_for_a_space(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from frontrunner.hub import space_check

    monkeypatch.setattr(space_check, "MOST_BYTES", 1000)
    monkeypatch.setattr(space_check, "MOST_FILES", 3)
    size, number = problems(folder)
    assert "init --dataset" in size
    assert "at most 3" in number


def test_a_second_wheel_or_a_missing_file(folder: Path) -> None:
    (folder / "other-1-py3-none-any.whl").write_bytes(b"")
    assert problems(folder) == [".: there must be one wheel, of frontrunner; found 2"]
    (folder / "Dockerfile").unlink()
    assert problems(folder) == ["Dockerfile: is missing; make it with `frontrunner space init`"]


def test_init_replaces_only_what_it_wrote(tmp_path: Path) -> None:
    settings = made_home(tmp_path / "home", '[site]\nname = "Our \\"board\\""\n')
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/thesis.txt").write_text("")
    with pytest.raises(UsageError, match="did not write"):
        write_space(settings, tmp_path / "mine")
    write_space(settings, tmp_path / "space")
    (tmp_path / "space/stale.txt").write_text("")
    write_space(settings, tmp_path / "space")
    assert not (tmp_path / "space/stale.txt").exists()
    assert 'name = "Our \\"board\\""' in (tmp_path / "space/home/frontrunner.toml").read_text()
    (tmp_path / "space/.git").mkdir()
    with pytest.raises(UsageError, match="git checkout"):
        write_space(settings, tmp_path / "space")


def test_equal_boards_give_equal_folders(tmp_path: Path) -> None:
    settings = made_home(tmp_path / "home")
    contents = []
    for name in ("a", "b"):
        write_space(settings, tmp_path / name)
        files = sorted(one for one in (tmp_path / name).rglob("*") if one.is_file())
        contents.append([one.read_bytes() for one in files])
    assert contents[0] == contents[1]
