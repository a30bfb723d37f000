"""Sockets that take connections, and what is said when they cannot be opened."""

from __future__ import annotations

import socket

import pytest

from frontrunner.base.errors import UsageError
from frontrunner.http.listening import listen


def test_workers_have_sockets_of_their_own_on_one_port() -> None:
    groups = listen("127.0.0.1", 0, workers=3)
    ports = {one.getsockname()[1] for group in groups for one in group}
    assert (len(groups), len(ports)) == (3, 1)
    for one in (one for group in groups for one in group):
        one.close()


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("shared", [False, True])
def test_a_port_that_is_taken_is_not_shared(workers: int, shared: bool) -> None:
    with socket.socket() as taken:
        if shared:
            taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        other = port + 1 if port < 65535 else port - 1
        with pytest.raises(UsageError) as raised:
            listen("127.0.0.1", port, workers=workers)
    assert str(raised.value) == f"Port {port} is already in use. Try --port {other}"


@pytest.mark.parametrize("host", ["192.0.2.1", "no-such-host.invalid"])
def test_an_address_of_another_machine_says_which_to_give(host: str) -> None:
    with pytest.raises(UsageError, match="is not an address of this machine"):
        listen(host, 0)
