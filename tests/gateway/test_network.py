"""Addresses, names and certificates: TLS on both sides, proxies in front, several addresses."""

from __future__ import annotations

import json
import socket
import ssl
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import trustme

from frontrunner.base.errors import WrongSettingError
from frontrunner.base.gateway_settings import GatewaySettings
from frontrunner.gateway.buckets import bucket
from frontrunner.gateway.supervise import Supervisor
from tests.gateway import http2
from tests.gateway.boards import Board
from tests.gateway.conftest import Running, start_gateway, stop_gateway, until
from tests.ports import free_port

PAGE = {"accept": "text/html"}


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder with a path short enough for sockets."""
    with tempfile.TemporaryDirectory(prefix="gw") as name:
        yield Path(name)


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


def pem(authority: trustme.CA, folder: Path) -> str:
    path = folder / "ca.pem"
    authority.cert_pem.write_to_path(path)
    return str(path)


def certificate(authority: trustme.CA, folder: Path) -> dict[str, Any]:
    """Write a new certificate and its key; the settings that name the files."""
    cert = authority.issue_cert("localhost", "127.0.0.1")
    cert.cert_chain_pems[0].write_to_path(folder / "cert.pem")
    cert.private_key_pem.write_to_path(folder / "key.pem")
    return {"tls_certificate": str(folder / "cert.pem"), "tls_key": str(folder / "key.pem")}


@contextmanager
def connected(port: int, authority: trustme.CA, protocol: str) -> Iterator[ssl.SSLSocket]:
    """A connection of a client that trusts the authority and speaks one protocol."""
    context = ssl.create_default_context()
    authority.configure_trust(context)
    context.set_alpn_protocols([protocol])
    with (
        socket.create_connection(("127.0.0.1", port), timeout=20) as plain,
        context.wrap_socket(plain, server_hostname="localhost") as secured,
    ):
        yield secured


def serial_number(port: int, authority: trustme.CA) -> object:
    """That of the certificate which a new connection is shown."""
    with connected(port, authority, "http/1.1") as secured:
        return (secured.getpeercert() or {})["serialNumber"]


def test_users_get_tls_with_both_versions_of_http_and_cookies_for_frames(
    folder: Path, authority: trustme.CA
) -> None:
    running, thread = start_gateway(folder, **certificate(authority, folder))
    try:
        context = ssl.create_default_context()
        authority.configure_trust(context)
        url = f"https://localhost:{running.port}/x"
        answer = httpx.get(url, headers=PAGE, verify=context)
        assert (answer.status_code, answer.http_version) == (200, "HTTP/1.1")
        assert "Secure; Partitioned" in answer.headers["set-cookie"]
        told = httpx.get(url, verify=context).json()["headers"]
        assert told["x-forwarded-proto"] == "https"
        with connected(running.port, authority, "h2") as secured:
            assert secured.selected_alpn_protocol() == "h2"
            headers, body = http2.get(secured, f"localhost:{running.port}", "/x")
        assert http2.is_ok(headers)
        assert json.loads(body)["target"] == "/x"
        assert json.loads(body)["headers"]["x-forwarded-proto"] == "https"
        assert "PRIVATE KEY" not in (folder / "check.yaml").read_text()
    finally:
        stop_gateway(running, thread)


def test_a_renewed_certificate_is_taken_up_by_a_reload_and_a_wrong_one_is_not(
    folder: Path, authority: trustme.CA, caplog: pytest.LogCaptureFixture
) -> None:
    running, thread = start_gateway(folder, drain=1, **certificate(authority, folder))
    try:
        first = serial_number(running.port, authority)
        certificate(authority, folder)
        assert serial_number(running.port, authority) == first
        running.supervisor.reload()  # what SIGHUP does
        until(lambda: serial_number(running.port, authority) != first)
        renewed = serial_number(running.port, authority)
        key = (folder / "key.pem").read_bytes()
        certificate(authority, folder)
        (folder / "key.pem").write_bytes(key)
        running.supervisor.reload()
        until(lambda: "continues unchanged: gateway.tls_key cannot be used" in caplog.text)
        assert f"is not the key of {folder / 'cert.pem'}" in caplog.text
        assert serial_number(running.port, authority) == renewed
    finally:
        stop_gateway(running, thread)


@pytest.mark.parametrize(
    ("spoiled", "says"),
    [("key.pem", "gateway.tls_key cannot be used"), ("cert.pem", "gateway.tls_certificate cannot")],
)
def test_a_certificate_that_cannot_be_used_is_refused_before_the_start(
    folder: Path, authority: trustme.CA, spoiled: str, says: str
) -> None:
    files = certificate(authority, folder)
    (folder / spoiled).write_text("spoiled")
    settings = GatewaySettings(
        listen=f"127.0.0.1:{free_port()}", old="http://a:1", new="http://b:1", metrics="", **files
    )
    with pytest.raises(WrongSettingError, match=says):
        Supervisor(lambda: settings, folder, folder / "none").run()
    assert not list(folder.glob("envoy-*.pid"))


@pytest.mark.parametrize("trusted", [True, False])
def test_a_remote_board_is_asked_by_its_name_and_its_certificate_is_verified(
    folder: Path, authority: trustme.CA, trusted: bool
) -> None:
    served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    signer = authority if trusted else trustme.CA()
    signer.issue_cert("localhost").configure_cert(served)
    remote = Board("remote", tls=served).start()
    running, thread = start_gateway(
        folder, old=f"https://localhost:{remote.port}", ca=pem(authority, folder)
    )
    try:
        answer = running.get("/x")
        assert answer.status_code == (200 if trusted else 503)
        if trusted:
            told = answer.json()
            assert told["board"] == "remote"
            assert told["headers"]["host"] == "localhost"
            assert told["headers"]["x-forwarded-host"] == f"127.0.0.1:{running.port}"
    finally:
        stop_gateway(running, thread)
        remote.stop()


def feedback_head(running: Running, folder: Path) -> bytes:
    """What the process that takes feedback is sent of a form that a proxy passes on."""
    with socket.socket(socket.AF_UNIX) as companion, ThreadPoolExecutor(1) as beside:
        companion.bind(str(folder / "companion.sock"))
        companion.listen()
        companion.settimeout(20)
        headers = {"x-forwarded-for": "6.6.6.6, 203.0.113.9", "x-frontrunner-client": "6.6.6.6"}
        sent = beside.submit(running.get, "/__frontrunner/feedback", headers=headers)
        taken, _ = companion.accept()
        with taken:
            head = taken.recv(65536)
            taken.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
            assert sent.result(20).status_code == 200
    return head


def test_the_page_of_the_move_is_asked_for_again_where_its_connection_was_cut(
    folder: Path,
) -> None:
    running, thread = start_gateway(folder)
    try:
        with socket.socket(socket.AF_UNIX) as companion, ThreadPoolExecutor(1) as beside:
            companion.bind(str(folder / "companion.sock"))
            companion.listen()
            companion.settimeout(20)
            sent = beside.submit(running.get, "/transition.json")
            for is_cut in (True, False):
                taken, _ = companion.accept()
                with taken:
                    assert taken.recv(65536).startswith(b"GET /transition.json")
                    if not is_cut:
                        taken.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
            assert sent.result(20).status_code == 200
    finally:
        stop_gateway(running, thread)


def test_behind_a_proxy_the_visitor_is_who_the_proxy_names(folder: Path) -> None:
    running, thread = start_gateway(folder, trusted_hops=1)
    try:
        salt = running.control.kept().salt
        for address in ("203.0.113.9", "2001:db8:1:2::7"):
            forwarded = {**PAGE, "x-forwarded-for": f"6.6.6.6, {address}", "user-agent": "a"}
            cookie = running.get("/", headers=forwarded).headers["set-cookie"]
            assert cookie.startswith(f"frontrunner_bucket={bucket(address, 'a', salt)};")
        told = running.get("/x", headers={"x-forwarded-host": "board.example"}).json()["headers"]
        assert told["x-forwarded-host"] == "board.example"
        assert b"x-frontrunner-client: 203.0.113.9\r\n" in feedback_head(running, folder)
    finally:
        stop_gateway(running, thread)


def test_one_healthy_address_keeps_all_visitors_of_the_new_board(folder: Path) -> None:
    """Envoy would send a share of them to the next priority, which is the old board."""
    second = Board("new").start()
    gone = f"http://127.0.0.1:{free_port()}"
    running, thread = start_gateway(folder, new=(gone, second.url))
    try:
        running.share(100)
        for _ in range(30):  # until the dead address is left out, half of these are repeated
            running.get("/x")
        boards = {running.get("/x").json()["board"] for _ in range(40)}
        assert boards == {"new"}
    finally:
        stop_gateway(running, thread)
        second.stop()


def test_the_share_survives_a_restart_of_everything(folder: Path) -> None:
    """haproxytech/dataplaneapi#124: a change at run time was undone by a restart."""
    running, thread = start_gateway(folder)
    running.share(12.34)
    salt = running.control.kept().salt
    stop_gateway(running, thread)
    again, thread = start_gateway(folder)
    try:
        assert again.control.get_share() == 1234
        assert again.control.kept().salt == salt
    finally:
        stop_gateway(again, thread)


def test_another_salt_in_the_middle_of_the_move_is_refused(gateway: Running) -> None:
    from frontrunner.base.errors import GatewayError
    from frontrunner.gateway.state import ensure_salt

    folder = gateway.control.place.folder
    with pytest.raises(GatewayError, match="Set it back"):
        ensure_salt(folder, "another")
    assert ensure_salt(folder, "") == ensure_salt(folder, gateway.control.kept().salt)


def test_connections_are_limited(folder: Path) -> None:
    running, thread = start_gateway(folder, max_connections=10)
    request = b"GET /x HTTP/1.1\r\nHost: a\r\n\r\n"

    def answered(link: socket.socket) -> bool:
        try:
            link.sendall(request)
            return link.recv(65536).startswith(b"HTTP/1.1 200")
        except ConnectionError:
            return False

    def link() -> socket.socket:
        return socket.create_connection(("127.0.0.1", running.port), timeout=20)

    try:
        taken = [link() for _ in range(10)]
        assert all(answered(one) for one in taken)
        with link() as further:
            assert not answered(further)
        assert all(answered(one) for one in taken), "those before go on"
        taken.pop().close()

        def has_room() -> bool:
            with link() as another:
                return answered(another)

        until(has_room)
        for one in taken:
            one.close()
    finally:
        stop_gateway(running, thread)


@pytest.mark.acceptance  # 15 s: the limit is no setting
def test_a_head_that_does_not_end_is_given_up(gateway: Running) -> None:
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=60) as link:
        link.sendall(b"GET /x HTTP/1.1\r\nHost: a\r\n")
        assert b" 408 " in link.recv(65536)
    assert not gateway.old.asked
