"""A wheel of this very program: what runs here is what an image installs.

Equal files give equal bytes, so a Space whose program did not change gets no new file.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from importlib.metadata import Distribution, distribution
from importlib.resources import as_file, files
from pathlib import Path

from frontrunner.base.errors import UsageError

_NAME = "frontrunner"
_LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""The first time stamp that a zip can have."""
_ENDINGS_LEFT_OUT = frozenset({".pyc", ".pyo"})
_WHEEL = "Wheel-Version: 1.0\nGenerator: frontrunner\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def wheel_name() -> str:
    """The name of the wheel's file."""
    return f"{_NAME}-{_installed().version}-py3-none-any.whl"


def own_wheel() -> bytes:
    """The wheel. Raises UsageError if the program is not installed as a package."""
    installed = _installed()
    info = f"{_NAME}-{installed.version}.dist-info"
    with as_file(files(_NAME)) as package:
        content = dict(_package(package))
    for name in ("METADATA", "entry_points.txt"):
        content[f"{info}/{name}"] = (installed.read_text(name) or "").encode()
    content[f"{info}/WHEEL"] = _WHEEL.encode()
    record = "".join(f"{name},{_digest(data)},{len(data)}\n" for name, data in content.items())
    content[f"{info}/RECORD"] = f"{record}{info}/RECORD,,\n".encode()
    return _zipped(content)


def _installed() -> Distribution:
    try:
        return distribution(_NAME)
    except ModuleNotFoundError as error:
        raise UsageError(
            "frontrunner is not installed as a package, so no image can install it. Run: "
            "pip install . in its folder"
        ) from error


def _package(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        is_code = path.suffix not in _ENDINGS_LEFT_OUT and "__pycache__" not in inside.parts
        if is_code and path.is_file():
            yield f"{_NAME}/{inside.as_posix()}", path.read_bytes()


def _zipped(content: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in content.items():
            entry = zipfile.ZipInfo(name, _LONG_AGO)
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    return made.getvalue()


def _digest(data: bytes) -> str:
    digest = urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip("=")
    return f"sha256={digest}"
