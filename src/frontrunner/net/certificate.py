"""Whether a certificate and its key can be shown to browsers, by a TLS handshake in memory."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime

from frontrunner.base.errors import NetworkError


def expiry(certificate: str, key: str) -> datetime:
    """When a PEM certificate ends.

    Raises NetworkError if the files do not fit together, or the certificate is not valid now.
    """
    try:
        server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        server.load_cert_chain(certificate, key)
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
        raise NetworkError(f"{certificate} and {key} do not fit together: {error}") from error
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
