"""The console as a process: who can reach it, over what, and how it ends."""

from __future__ import annotations

import re
import signal
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
import trustme

from frontrunner.base.errors import UsageError
from frontrunner.takeover.console.serving import Listen, check_listen, names_of
from tests.takeover.console.scene import write_home
from tests.waiting import next_line


@pytest.mark.parametrize("host", ["10.0.0.1", "::", "board.example.org", "192.168.1.1", ""])
def test_no_token_crosses_a_network_in_clear_text_unless_allowed(host: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="clear text"):
        check_listen(Listen(host=host))
    check_listen(Listen(host=host, allows_plain=True))
    for name in ("cert.pem", "key.pem"):
        (tmp_path / name).write_text("x")
    check_listen(Listen(host, certificate=tmp_path / "cert.pem", key=tmp_path / "key.pem"))


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "127.0.0.9"])
def test_this_machine_alone_needs_no_certificate(host: str) -> None:
    check_listen(Listen(host=host))


def test_half_a_certificate_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "cert.pem"
    path.write_text("x")
    with pytest.raises(UsageError, match="go together"):
        check_listen(Listen(certificate=path))
    with pytest.raises(UsageError, match="not a file"):
        check_listen(Listen(certificate=path, key=tmp_path / "none"))


def test_the_names_are_those_of_loopback_and_those_given() -> None:
    found = names_of(Listen("::1", names=("Board.Example.org",)))
    assert set(found) == {"127.0.0.1", "localhost", "[::1]", "board.example.org"}


# --- for real -------------------------------------------------------------------------------------


@contextmanager
def running(home: Path, *options: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The URL that a console prints, and its process."""
    command = [sys.executable, "-m", "frontrunner", "takeover", "console", "--port", "0"]
    process = subprocess.Popen(
        [*command, "--home", str(home), *options], stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    try:
        said = ""
        while not (found := re.search(r"(https?://\S+)/login\?code=(\S+)", said)):
            line = next_line(process)
            assert line, said
            said += line
        yield found[0], process
    finally:
        process.terminate()
        process.wait(20)
        process.stderr.close()


def test_a_console_is_started_used_once_by_its_link_and_stopped(tmp_path: Path) -> None:
    home = tmp_path / "home"
    write_home(home)
    with running(home) as (url, process):
        base, _, code = url.partition("/login?code=")
        origin = {"origin": base}
        with httpx.Client(base_url=base, headers=origin) as client:
            assert client.get("/").status_code == 303
            answer = client.post("/login", data={"code": code})
            assert answer.status_code == 303
            assert "Secure" not in answer.headers["set-cookie"]
            page = client.get("/")
            assert "Shifting, step 2 of 5" in page.text
            assert page.headers["content-security-policy"]
            assert "server" not in page.headers
            assert client.get("/favicon.ico").status_code == 200
        assert httpx.post(f"{base}/login", data={"code": code}, headers=origin).status_code == 403
        [line] = [one for one in (home / "takeover" / "console-tokens").read_text().splitlines()
                  if not one.startswith("#")]  # fmt: skip
        token = line.split()[1]
        answer = httpx.post(f"{base}/login", data={"token": token}, headers=origin)
        assert answer.status_code == 303
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) in (0, -signal.SIGTERM)


def test_over_tls_the_cookie_is_secure(tmp_path: Path) -> None:
    home = tmp_path / "home"
    write_home(home)
    authority = trustme.CA()
    cert = authority.issue_cert("127.0.0.1")
    cert.private_key_and_cert_chain_pem.write_to_path(tmp_path / "both.pem")
    context = ssl.create_default_context()
    authority.configure_trust(context)
    both = str(tmp_path / "both.pem")
    with running(home, "--tls-certificate", both, "--tls-key", both) as (url, _):
        base, _, code = url.partition("/login?code=")
        assert base.startswith("https://")
        answer = httpx.post(
            f"{base}/login", data={"code": code}, headers={"origin": base}, verify=context
        )
        assert answer.headers["set-cookie"].startswith("__Host-frontrunner-console=")
        assert answer.headers["set-cookie"].endswith("; Secure")


def test_a_port_in_use_is_said(tmp_path: Path) -> None:
    home = tmp_path / "home"
    write_home(home)
    with running(home) as (url, _):
        port = re.findall(r":(\d+)/", url)[0]
        command = [sys.executable, "-m", "frontrunner", "takeover", "console", "--port", port]
        run = subprocess.run(
            [*command, "--home", str(home)], capture_output=True, text=True, check=False, timeout=60
        )
    assert run.returncode == 2
    assert f"Port {port} is already in use" in run.stderr
