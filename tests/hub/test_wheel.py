"""The wheel is this program, and the same bytes whenever it is made."""

from __future__ import annotations

import io
import zipfile

from frontrunner.hub.wheel import own_wheel, wheel_name


def test_equal_files_give_equal_bytes() -> None:
    assert own_wheel() == own_wheel()


def test_it_has_the_package_and_what_installs_it() -> None:
    with zipfile.ZipFile(io.BytesIO(own_wheel())) as archive:
        names = archive.namelist()
        info = wheel_name().removesuffix("-py3-none-any.whl") + ".dist-info"
        record = archive.read(f"{info}/RECORD").decode()
        assert b"frontrunner = frontrunner.cli:main" in archive.read(f"{info}/entry_points.txt")
    assert "frontrunner/hub/space_files/Dockerfile" in names
    assert [one for one in names if "__pycache__" in one or one.endswith(".pyc")] == []
    assert {line.split(",")[0] for line in record.splitlines()} == set(names)
