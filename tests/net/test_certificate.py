"""When a certificate ends, and why one cannot be used."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
import trustme

from frontrunner.base.errors import NetworkError
from frontrunner.net.certificate import expiry


def written(folder: Path, name: str, begin: int, end: int) -> tuple[str, str]:
    """The files of a certificate that is valid from one year to another."""
    cert = trustme.CA().issue_cert(
        "board.example",
        not_before=datetime(begin, 1, 1, tzinfo=UTC),
        not_after=datetime(end, 1, 1, tzinfo=UTC),
    )
    paths = folder / f"{name}.pem", folder / f"{name}.key"
    cert.cert_chain_pems[0].write_to_path(paths[0])
    cert.private_key_pem.write_to_path(paths[1])
    return str(paths[0]), str(paths[1])


def test_when_it_ends(tmp_path: Path) -> None:
    assert expiry(*written(tmp_path, "a", 2020, 2090)) == datetime(2090, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("begin", "end", "says"), [(2019, 2020, "has expired"), (2089, 2090, "not yet valid")]
)
def test_one_that_is_not_valid_today(tmp_path: Path, begin: int, end: int, says: str) -> None:
    with pytest.raises(NetworkError, match=says):
        expiry(*written(tmp_path, "a", begin, end))


def test_files_that_do_not_fit_together(tmp_path: Path) -> None:
    one, other = written(tmp_path, "a", 2020, 2090), written(tmp_path, "b", 2020, 2090)
    (tmp_path / "text").write_text("no certificate")
    for cert, key in ((one[0], other[1]), (str(tmp_path / "text"), one[1]), (one[0], "/none")):
        with pytest.raises(NetworkError, match="do not fit together"):
            expiry(cert, key)
