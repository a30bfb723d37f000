"""Whether a certificate and its key can be shown to browsers, by a TLS handshake in memory."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime

from frontrunner.base.errors import NetworkError


class WrongFileError(NetworkError):
    """A PEM file cannot be used; `file` says which one of the two."""

    def __init__(self, file: str, text: str) -> None:
        super().__init__(f"{file} {text}")
        self.file = file
        self.text = text


def check_files(certificate: str, key: str) -> ssl.SSLContext:
    """A server's context with a certificate and its key, whatever the dates.

    Raises WrongFileError if one is unreadable or not PEM, or if they do not belong together.
    """
    for file in (certificate, key):
        try:
            with open(file, "rb"):
                pass
        except OSError as error:
            raise WrongFileError(file, f"cannot be read: {error.strerror or error}") from error
    check_authorities(certificate)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        server.load_cert_chain(certificate, key, password=_no_password)
    except (ssl.SSLError, ValueError) as error:
        raise WrongFileError(key, _why(error, certificate)) from error
    return server


def check_authorities(file: str) -> None:
    """Raises WrongFileError if a PEM file has no certificate that can be read."""
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(file)
    except ssl.SSLError as error:
        raise WrongFileError(file, "has no certificate in PEM form") from error
    except OSError as error:
        raise WrongFileError(file, f"cannot be read: {error.strerror or error}") from error


def _no_password() -> str:
    raise ValueError("it has a password")


def _why(error: Exception, certificate: str) -> str:
    """Why a key was refused."""
    if not isinstance(error, ssl.SSLError):
        return "is encrypted with a password. Store the key without a password"
    if error.reason == "KEY_VALUES_MISMATCH":
        return f"is not the key of {certificate}"
    return f"has no private key in PEM form that fits {certificate}"


def expiry(certificate: str, key: str) -> datetime:
    """When a PEM certificate ends.

    Raises NetworkError if the files do not belong together, or it is not valid now.
    """
    server = check_files(certificate, key)
    try:
        client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        client.check_hostname = False
        # The certificate is trusted by itself: only its dates are looked at.
        client.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        client.load_verify_locations(certificate)
        shown = _handshake(client, server)
    except ssl.SSLCertVerificationError as error:
        raise NetworkError(
            f"{certificate} cannot be used: {error.verify_message}. Browsers refuse it."
        ) from error
    except (ssl.SSLError, OSError, ValueError) as error:
        raise NetworkError(f"{certificate} cannot be shown to browsers: {error}") from error
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(shown["notAfter"])), UTC)


def _handshake(client: ssl.SSLContext, server: ssl.SSLContext) -> dict[str, object]:
    """What the client sees of the server's certificate. Raises SSLError if it refuses it."""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    asking = client.wrap_bio(to_client, to_server)
    answering = server.wrap_bio(to_server, to_client, server_side=True)
    for side in (asking, answering, asking):
        try:
            side.do_handshake()
        except ssl.SSLWantReadError:
            continue
    return dict(asking.getpeercert() or {})
