"""When a certificate ends, and why one cannot be used."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
import trustme
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

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
    text, secret = str(tmp_path / "text"), str(tmp_path / "secret")
    Path(text).write_text("no certificate")
    Path(secret).write_bytes(
        load_pem_private_key(Path(one[1]).read_bytes(), None).private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"x")
        )
    )
    for certificate, key, says in (
        (one[0], other[1], f"{other[1]} is not the key of {one[0]}"),
        (text, one[1], f"{text} has no certificate in PEM form"),
        (one[0], text, f"{text} has no private key in PEM form"),
        (one[0], secret, f"{secret} is encrypted with a password"),
        (one[0], "/none", "/none cannot be read: No such file"),
        ("/none", one[1], "/none cannot be read: No such file"),
        (str(tmp_path), one[1], f"{tmp_path} cannot be read: Is a directory"),
    ):
        with pytest.raises(NetworkError) as raised:
            expiry(certificate, key)
        assert str(raised.value).startswith(says)
