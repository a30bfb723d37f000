from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from frontrunner.answers.bodies import Bodies
from frontrunner.answers.service import Service
from frontrunner.base.errors import UsageError
from frontrunner.snapshot.reader import Snapshot
from frontrunner.web import export
from tests.web.conftest import NAME


@pytest.fixture(scope="module")
def copy(snapshot: Snapshot, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("copy") / "site"
    export.export(snapshot, folder)
    return folder


def test_every_link_of_a_copy_leads_to_a_file_of_it(copy: Path) -> None:
    pages = list(copy.rglob("*.html"))
    assert len(pages) > 40
    for page in pages:
        for target in re.findall(r'(?:href|src)="([^"]+)"', page.read_text(encoding="utf-8")):
            if target.startswith(("http:", "https:", "data:", "#")):
                continue
            assert not target.startswith("/"), f"{page}: {target}"
            plain = target.split("#")[0].split("?")[0]
            place = page.parent / unquote(plain) if plain else page
            found = place / "index.html" if plain.endswith("/") else place
            assert found.resolve().is_file(), f"{page}: {target}"
            assert found.resolve().is_relative_to(copy)


def test_a_copy_says_what_it_cannot_do(copy: Path) -> None:
    assert "a copy without one" in (copy / "compare" / "index.html").read_text(encoding="utf-8")
    board = (copy / "benchmark" / NAME / "index.html").read_text(encoding="utf-8")
    assert "needs the server" in board
    assert '"live":false' in board
    assert '<html lang="zh">' in (copy / "zh" / "index.html").read_text(encoding="utf-8")


def test_the_answers_lie_beside_the_pages(copy: Path, snapshot: Snapshot) -> None:
    kept = Bodies(Service(snapshot)).scores(NAME, ())
    assert kept is not None
    below = copy / "v1" / "benchmarks" / NAME
    assert (below / "scores.json").read_bytes() == kept.identity
    assert (below / "scores.csv").is_file()


def test_a_folder_that_holds_something_is_refused(copy: Path, snapshot: Snapshot) -> None:
    with pytest.raises(UsageError, match="not empty"):
        export.export(snapshot, copy)


def test_a_name_cannot_leave_the_folder(
    tmp_path: Path, snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "data_files", lambda *_: iter([("models/../../x", bytes)]))
    with pytest.raises(UsageError, match="outside"):
        export.export(snapshot, tmp_path / "site")


def test_a_copy_whose_address_is_known_shows_pictures_in_chats(
    copy: Path, snapshot: Snapshot, tmp_path: Path
) -> None:
    assert "og:image" not in (copy / "index.html").read_text(encoding="utf-8")
    export.export(snapshot, tmp_path, "https://host.example/board/")
    for path in ("index.html", "zh/models/org/small/index.html"):
        html = (tmp_path / path).read_text(encoding="utf-8")
        [image] = re.findall(r'og:image" content="https://host.example/board/([^"]+)"', html)
        assert (tmp_path / unquote(image)).read_bytes().startswith(b"\x89PNG")
        [page] = re.findall(r'canonical" href="https://host.example/board/([^"]*)"', html)
        assert (tmp_path / page / "index.html") == tmp_path / path
    missing = (tmp_path / "404.html").read_text(encoding="utf-8")
    assert 'href="https://host.example/board/boards/"' in missing
    assert "og:image" not in missing
    assert not (copy / "404.html").exists()
