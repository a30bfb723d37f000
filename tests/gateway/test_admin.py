"""What Envoy's admin interface answers, and what is made of an answer of another shape."""

from __future__ import annotations

from pathlib import Path

import pytest

from frontrunner.base.errors import GatewayError
from frontrunner.gateway.admin import Admin, serial_of


class Answering(Admin):
    """An admin interface that gives one answer to everything."""

    def __init__(self, body: bytes) -> None:
        super().__init__(Path("admin-1.sock"))
        self.body = body

    def _ask(self, method: str, path: str) -> bytes:
        return self.body


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff",
        b"[]",
        b"null",
        b'{"configs": 7, "stats": 7, "cluster_statuses": 7}',
        b'{"configs": [7], "stats": [7], "cluster_statuses": [7]}',
        b'{"configs": {"a": 1}, "stats": [{"value": 1}], "cluster_statuses": [{}]}',
        b'{"configs": [[]], "cluster_statuses": [{"name": "old", "host_statuses": [{}]}]}',
    ],
)
def test_an_answer_of_another_shape_is_an_error_of_the_gateway(body: bytes) -> None:
    admin = Answering(body)
    for ask in (admin.routes_version, lambda: admin.stats("x"), admin.hosts, admin.parent_ends_in):
        with pytest.raises(GatewayError, match="cannot be read"):
            ask()


def test_what_envoy_says_without_routes_and_boards() -> None:
    admin = Answering(b'{"stats": []}')
    assert (admin.routes_version(), admin.stats("x"), admin.hosts()) == ("", {}, [])


def test_the_number_of_a_start_is_in_the_name_of_its_socket() -> None:
    assert (serial_of(Path("admin-12.sock")), serial_of(Path("other.sock"))) == (12, -1)


def test_until_when_the_envoy_before_runs() -> None:
    options = b'{"parent_shutdown_time": "900s"}'
    admin = Answering(b'{"uptime_current_epoch": "40s", "command_line_options": %b}' % options)
    assert admin.parent_ends_in() == 860
