"""A program that takes connections and says nothing is told from one that is gone or refuses."""

from __future__ import annotations

import socket
import threading

from frontrunner.net.silence import is_silent


def test_only_a_program_that_says_nothing_is_silent() -> None:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
        assert not is_silent("127.0.0.1", port, seconds=20)  # it does not listen
        one.listen()
        assert is_silent("127.0.0.1", port, seconds=0.2)

        def close_two() -> None:
            for _ in range(2):  # the first one is the connection of before
                one.accept()[0].close()

        closing = threading.Thread(target=close_two)
        closing.start()
        assert not is_silent("127.0.0.1", port, seconds=20)
        closing.join()
