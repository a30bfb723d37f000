"""Everything that a rehearsal runs, on loopback and in one home."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from frontrunner.base.atomic import write_file
from frontrunner.base.config import load_settings
from frontrunner.base.errors import GatewayError, TakeoverError, UsageError
from frontrunner.base.home import Home
from frontrunner.gateway.control import Gateway
from frontrunner.takeover.rehearsal.asked import HTML, Grounds, assets_of, links_of
from frontrunner.takeover.rehearsal.fast_plan import Ports, ignore_rules, settings
from frontrunner.takeover.rehearsal.old_tables import Table, old_tables, table_of_scores
from frontrunner.takeover.rehearsal.processes import (
    Running,
    fetched,
    free_ports,
    frontrunner,
    processes_with,
    wait_for,
    wait_until_answers,
)
from frontrunner.takeover.rehearsal.saboteur import Harm

_STARTED = 30.0
_STARTER = "starter"
_MADE_BY = "# Written by `frontrunner takeover rehearse`."
_PROGRAM = Path(__file__).with_name("board_program.py")


class Installation:
    """The old board, the new board, the saboteur in front of it, and the gateway."""

    def __init__(self, home: Path, gradio: Path, legacy: Path | None = None) -> None:
        """`gradio` is a Python with Gradio; `legacy` the folder of an old board's files."""
        self.home, self._legacy = home.absolute(), legacy
        self.paths = Home(self.home)
        self.ports = Ports(*free_ports(4))
        logs = self.paths.rehearsal
        here, ports = str(self.home), self.ports
        self.board_data = logs / "old-board.json"
        self.new = Running(
            "the new board",
            frontrunner("serve", "--home", here, "--port", str(ports.new)),
            logs / "new-board.log",
        )
        self.old = Running(
            "the old board",
            [str(gradio), str(_PROGRAM), str(ports.old), str(self.board_data)],
            logs / "old-board.log",
            _quiet_gradio(logs),
        )
        module = "frontrunner.takeover.rehearsal.saboteur"
        self.saboteur = Running(
            "saboteur",
            [sys.executable, "-m", module, str(ports.before_new), str(ports.new)],
            logs / "saboteur.log",
        )
        self.gateway = Running(
            "the gateway", frontrunner("gateway", "run", "--home", here), logs / "gateway.log"
        )
        self.benchmark = _STARTER
        self.grounds = Grounds("127.0.0.1", ports.users, "", (), (), ())

    # --- starting and ending --------------------------------------------------------------------

    def write_settings(self) -> None:
        """Write `frontrunner.toml`. Raises UsageError if the home has one of its own."""
        path = self.paths.settings
        if path.exists() and not path.read_text("utf-8").startswith(_MADE_BY):
            raise UsageError(
                f"{path} was not written by a rehearsal. Give an empty folder, or a home with a "
                "snapshot and without settings: a rehearsal has settings of its own."
            )
        self.paths.rehearsal.mkdir(parents=True, exist_ok=True)
        self.paths.gateway.mkdir(parents=True, exist_ok=True)
        write_file(path, settings(self.ports, self.benchmark).encode())
        rules = ignore_rules(date.today())
        write_file(self.paths.gateway / "shadow.toml", rules.encode())

    @contextmanager
    def running(self) -> Iterator[None]:
        """Start everything, and end it after the block. Raises TakeoverError."""
        try:
            self.new.start()
            wait_until_answers(f"http://127.0.0.1:{self.ports.new}/health", self.new)
            self._write_board_data()
            self.write_settings()  # again, with the benchmark that the new board has
            self.old.start()
            self.saboteur.start()
            wait_until_answers(f"http://127.0.0.1:{self.ports.old}/config", self.old)
            wait_until_answers(f"http://127.0.0.1:{self.ports.before_new}/health", self.saboteur)
            self.gateway.start()
            self._wait_for_gateway()
            self.grounds = self._look_around()
            yield
        finally:
            for one in (self.gateway, self.saboteur, self.new, self.old):
                one.stop()

    def _wait_for_gateway(self) -> None:
        wait_for("the gateway has no Envoy", self.is_live, _STARTED, self.gateway.last_words)
        url = f"http://127.0.0.1:{self.ports.users}/"
        wait_until_answers(url, self.gateway)
        companion = self.paths.gateway / "companion.sock"
        said = self.gateway.last_words
        wait_for("the gateway has no companion", companion.exists, _STARTED, said)

    def is_live(self) -> bool:
        """Whether Envoy can be asked. Raises TakeoverError if the gateway has ended."""
        if not self.gateway.is_alive():
            raise TakeoverError(f"The gateway ended at once: {self.gateway.last_words()}")
        try:
            self.control().seen()
        except GatewayError:
            return False
        return True

    def control(self) -> Gateway:
        """The gateway as commands see it."""
        return Gateway(load_settings(self.home).gateway, self.paths.gateway)

    # --- what the boards hold ---------------------------------------------------------------------

    def _write_board_data(self) -> None:
        """The old board shows the new board's scores of today, and old tables if there are any."""
        new = f"http://127.0.0.1:{self.ports.new}/v1/benchmarks"
        listed = msgspec.json.decode(_needed(new))
        name = next((one["name"] for one in listed), "")
        if not name:
            raise TakeoverError("The new board has no benchmark. Build a snapshot first.")
        answers = {
            f"/v1/benchmarks/{name}/scores": "application/json",
            f"/v1/benchmarks/{name}/scores.csv": "text/csv",
        }
        texts = {
            path: _needed(f"http://127.0.0.1:{self.ports.new}{path}").decode() for path in answers
        }
        table = table_of_scores(texts[f"/v1/benchmarks/{name}/scores"])
        tables: dict[str, Table] = {name: table, **old_tables(self._legacy)}
        data = {
            "tables": tables,
            "answers": {
                path: {"kind": kind, "text": texts[path]} for path, kind in answers.items()
            },
        }
        write_file(self.board_data, msgspec.json.encode(data))
        self.benchmark = name

    def _look_around(self) -> Grounds:
        """What there is to ask for, from the boards themselves."""
        old, new = f"http://127.0.0.1:{self.ports.old}", f"http://127.0.0.1:{self.ports.new}"
        pages = [_needed(f"{new}{path}", HTML) for path in ("/", f"/benchmark/{self.benchmark}")]
        found = dict.fromkeys(link for html in pages for link in links_of(html))
        return Grounds(
            host="127.0.0.1",
            port=self.ports.users,
            benchmark=self.benchmark,
            old_assets=assets_of(_needed(f"{old}/", HTML)),
            new_assets=assets_of(pages[0]),
            new_pages=tuple(found),
            search=_function(msgspec.json.decode(_needed(f"{old}/config")), "search"),
        )

    # --- processes, found by their numbers --------------------------------------------------------

    def envoy(self) -> int:
        """The number of the Envoy that takes connections. Raises TakeoverError without one."""
        notes = list(self.paths.gateway.glob("envoy-*.pid"))
        if not notes:
            raise TakeoverError("No Envoy of the rehearsal runs.")
        return int(max(notes, key=lambda note: note.stat().st_mtime).read_text())

    def comparers(self) -> list[int]:
        """The numbers of the processes that compare shadows."""
        return processes_with("gateway", "compare", str(self.home))

    def harm(self, harm: Harm) -> None:
        """Spoil the new board's answers from now on, or no longer."""
        self.saboteur.order(harm)


def _needed(url: str, accept: str = "*/*") -> bytes:
    body = fetched(url, accept)
    if body is None:
        raise TakeoverError(f"{url} did not answer with 200.")
    return body


def _function(config: Any, name: str) -> int:
    """The number by which a page calls a function of the old board."""
    for number, one in enumerate(config["dependencies"]):
        if one.get("api_name") == name:
            return int(one.get("id", number))
    raise TakeoverError(f"The old board has no function {name}.")


def _quiet_gradio(folder: Path) -> dict[str, str]:
    return {
        "GRADIO_ANALYTICS_ENABLED": "False",
        "GRADIO_IS_E2E_TEST": "1",  # heartbeats four times a second instead of every 15 s
        "GRADIO_TEMP_DIR": str(folder / "gradio"),
        "HF_HUB_OFFLINE": "1",
        "NO_PROXY": "127.0.0.1,localhost",
    }
