"""How building and serving grow with the archive: 1, 3 and 10 times the real one.

A larger archive is made by hard links: each copy of a model's folder has another organisation, its
own `model_meta.json`, and an entry in the catalog of the copies. Boards then have that many times
the rows.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import msgspec

from bench.harness import ROOT, WORK, results, run, say, watched
from frontrunner.catalog import Catalog, Model
from frontrunner.catalog.entries import OwnModel

_SAME = set(OwnModel.__struct_fields__) & set(Model.__struct_fields__) - {"name"}
_BOARDS = ("MTEB(Multilingual, v2)", "MTEB(Europe, v1)")
_LANGUAGES = ("deu-Latn", "fra-Latn", "pol-Latn", "spa-Latn", "ces-Latn", "swe-Latn", "nld-Latn")
_PROGRAM: tuple[str | Path, ...] = (ROOT / ".venv/bin/python", "-m", "frontrunner")


class Archive(NamedTuple):
    """An archive of results, and the catalog of its copies."""

    results: Path
    catalog: Path | None


def archive(real: Path, times: int, folder: Path, known: Catalog) -> Archive:
    """The archive `times` as large in `folder`; it is made once."""
    if times == 1:
        return Archive(real, None)
    place, catalog = folder / f"results-{times}", folder / f"copies-{times}.toml"
    if not catalog.is_file():
        shutil.rmtree(place, ignore_errors=True)
        say(f"Linking the archive {times} times ...")
        for copy in range(times):
            _link(real, place, copy)
        catalog.write_text("\n".join(_entries(known, times)))
    return Archive(place, catalog)


def _link(real: Path, place: Path, copy: int) -> None:
    for folder, _, names in os.walk(real):
        inside = Path(folder).relative_to(real)
        target = place.joinpath(*(_renamed(part, copy) for part in inside.parts))
        target.mkdir(parents=True, exist_ok=True)
        for name in names:
            source = Path(folder, name)
            if name == "model_meta.json" and copy:
                (target / name).write_bytes(_meta(source.read_bytes(), copy))
            elif not (target / name).exists():  # beside the models' folders: one is enough
                os.link(source, target / name)


def _renamed(part: str, copy: int) -> str:
    """`org__model` as `org-copy2__model`; other folders keep their names."""
    organisation, found, model = part.partition("__")
    return f"{organisation}-copy{copy}__{model}" if found and copy else part


def _named(name: str, copy: int) -> str:
    organisation, _, model = name.partition("/")
    return f"{organisation}-copy{copy}/{model}"


def _meta(content: bytes, copy: int) -> bytes:
    try:
        meta = json.loads(content)
    except ValueError:
        return content
    if isinstance(meta.get("name"), str) and "/" in meta["name"]:
        meta["name"] = _named(meta["name"], copy)
    return json.dumps(meta).encode()


def _entries(known: Catalog, times: int) -> Iterator[str]:
    for copy in range(1, times):
        for model in known.models:
            if "/" in model.name and not model.described_by_results:
                yield "[[model]]"
                yield f"name = {json.dumps(_named(model.name, copy))}"
                yield from _facts(model)
                yield ""


def _facts(model: Model) -> Iterator[str]:
    facts: dict[str, Any] = {name: getattr(model, name) for name in sorted(_SAME)}
    facts |= {"adapted_from": None, "superseded_by": None, "type": model.types[0]}
    for name, value in facts.items():
        if value is not None:
            yield f"{name} = {json.dumps(value)}"


class Server:
    """A server of a home, and what it holds."""

    def __init__(self, home: Path) -> None:
        command = [*_PROGRAM, "serve", "--home", home, "--port", "0"]
        self._process = subprocess.Popen(
            [str(word) for word in command], stderr=subprocess.PIPE, text=True, cwd=ROOT
        )
        lines = self._process.stderr or ()
        line = next(line for line in lines if "http://" in line)
        self.url = "http://" + line.split("http://")[1].split()[0]

    def megabytes(self) -> dict[str, float]:
        """Resident memory now, at its peak, and the part of it that is not of files."""
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        lines = dict(line.split(":", 1) for line in status.splitlines() if ":" in line)
        names = {"now": "VmRSS", "peak": "VmHWM", "anonymous": "RssAnon"}
        return {name: round(int(lines[key].split()[0]) / 1024) for name, key in names.items()}

    def processor_ms(self) -> float:
        """Milliseconds of a processor that it has used, to 10."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return 1000 * (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def settle(self) -> None:
        """Wait until it has done what it does after its start without being asked.

        It always looks for another snapshot. On a busy machine that takes more than 20 ms of each
        3 seconds, so that an earlier limit of 20 ms was never reached.
        """
        before = -1.0
        while (now := self.processor_ms()) > before + 100:
            before = now
            time.sleep(3)

    def stop(self) -> None:
        """End it."""
        self._process.terminate()
        self._process.wait(30)


def asked(home: Path, *, at_once: bool = False) -> dict[str, Any]:
    """Boards narrowed to a language that nobody asked for before, and the memory afterwards.

    `at_once` asks as soon as the server is ready, instead of when it has prepared itself.
    """
    server = Server(home)
    try:
        with httpx.Client(base_url=server.url, timeout=120) as client:
            wait_ready(client)
            start, ready = server.megabytes(), server.processor_ms()
            if not at_once:
                server.settle()
            settled, used = server.megabytes(), [server.processor_ms()]
            took = []
            for board in _BOARDS:
                path = f"/v1/benchmarks/{board}/scores"
                for language in _LANGUAGES:
                    began = time.perf_counter()
                    answer = client.get(path, params={"languages": language})
                    while answer.status_code == 503:  # what it waits for is made meanwhile
                        answer = client.get(path, params={"languages": language})
                    took.append(1000 * (time.perf_counter() - began))
                    used.append(server.processor_ms())
                    answer.raise_for_status()
            narrowed = server.megabytes()
            for board in _BOARDS:
                client.get(f"/v1/benchmarks/{board}").raise_for_status()
                client.get(f"/v1/benchmarks/{board}/scores").raise_for_status()
                client.get(f"/benchmark/{board}")
            for page in ("/", "/models", "/tasks", "/v1/models", "/v1/benchmarks/menu"):
                client.get(page)
            return {
                "first_ms": round(took[0]),
                "narrowed_ms": round(statistics.median(took[1:])),
                "slowest_ms": round(max(took[1:])),
                "ready_at_processor_ms": round(ready),
                "settled_at_processor_ms": round(used[0]),
                "first_processor_ms": round(used[1] - used[0]),
                "narrowed_processor_ms": round((used[-1] - used[1]) / len(took[1:])),
                "bytes": len(answer.content),
                "memory_start": start,
                "memory_settled": settled,
                "memory_narrowed": narrowed,
                "memory_after": server.megabytes(),
            }
    finally:
        server.stop()


def wait_ready(client: httpx.Client) -> None:
    for _ in range(600):
        if client.get("/ready").status_code == 200:
            return
        time.sleep(0.1)
    raise SystemExit("The server is not ready")


def measured(real: Path, times: int, folder: Path, known: Catalog) -> dict[str, Any]:
    """Build an archive from nothing, serve it, and ask."""
    made = archive(real, times, folder, known)
    home = folder / f"home-{times}"
    shutil.rmtree(home, ignore_errors=True)
    shutil.copytree(folder / "home-catalog/catalog", home / "catalog")
    catalog: list[str | Path] = ["--catalog", made.catalog] if made.catalog else []
    command = [*_PROGRAM, "build", "--results", made.results, "--home", home, *catalog]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    built = watched(command, {}, pss=True)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    size = sum(one.stat().st_size for one in home.glob("snapshots/*/**/*") if one.is_file())
    return {
        "times": times,
        "build_seconds": round(built.seconds, 1),
        "build_user_seconds": round(used.ru_utime - before.ru_utime, 1),
        "build_system_seconds": round(used.ru_stime - before.ru_stime, 1),
        "build_mb": round(built.peak_mb),
        "build_pss_mb": round(built.pss_mb),
        "build_anonymous_mb": round(built.anonymous_mb),
        "snapshot_mb": size >> 20,
        "snapshot": (home / "current").readlink().name,
        **asked(home),
    }


def known_catalog(folder: Path) -> Catalog:
    """The registry, read once."""
    home = folder / "home-catalog"
    ran = run([*_PROGRAM, "catalog", "--json", "--home", home])
    return msgspec.json.decode(ran.out, type=Catalog)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("times", type=int, nargs="*", default=[1, 3, 10])
    parser.add_argument("--results", type=Path, help="the real archive, unpacked")
    parser.add_argument("--folder", type=Path, default=WORK / "growth", help="of the copies")
    parser.add_argument("--serve-only", action="store_true", help="use the homes that exist")
    parser.add_argument("--at-once", action="store_true", help="ask as soon as a server is ready")
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    if given.serve_only:
        for times in given.times:
            found = asked(given.folder / f"home-{times}", at_once=given.at_once)
            print(json.dumps({"times": times, **found}))
        return
    real = given.results or results()
    known = known_catalog(given.folder)
    for times in given.times:
        print(json.dumps(measured(real, times, given.folder, known)), flush=True)


if __name__ == "__main__":
    main()
