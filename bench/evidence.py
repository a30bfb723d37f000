"""How much CPU the collector of evidence needs at 5,000 log lines a second.

python -m bench.evidence [--lines N]
"""

from __future__ import annotations

import argparse
import random
import resource
import tempfile
import time
from pathlib import Path

from frontrunner.gateway.render import Place
from frontrunner.takeover.evidence.collect import Analysis, Collector

_A_SECOND = 5000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=300_000)
    lines = parser.parse_args().lines
    with tempfile.TemporaryDirectory() as folder:
        _measure(Path(folder), lines)


def _measure(folder: Path, lines: int) -> None:
    place, dice = Place(folder), random.Random(1)
    collector = Collector(place, folder / "evidence.json")
    collector.follow(Analysis(share=2500))
    begin = time.time() + 2
    looks, used = 0, 0.0
    for done in range(0, lines, _A_SECOND):
        with place.requests.open("a") as log:
            log.writelines(_line(begin + (done + n) / _A_SECOND, dice) for n in range(_A_SECOND))
        before = time.process_time()
        evidence = collector.look()
        used += time.process_time() - before
        looks += 1
    print(f"{lines:,} lines, {evidence.new.units + evidence.old.units:,} units, {looks} looks")
    print(f"CPU for one second of {_A_SECOND:,} lines: {1000 * used / looks:.1f} ms")
    print(f"memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")
    print(f"stored: {(folder / 'evidence.json').stat().st_size:,} bytes")


def _line(at: float, dice: random.Random) -> str:
    bucket = dice.randrange(10_000)
    side = "new" if bucket < 2500 else "old"
    status = 500 if dice.random() < 0.005 else 200
    moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(at)) + f".{int(at % 1 * 1000):03}Z"
    return (
        f'{{"at":"{moment}","attempts":1,"bucket":"{bucket}","bytes":46120,"choice":null,'
        f'"flags":null,"method":"GET","ms":{dice.randrange(2, 400)},"path":"/boards/MTEB",'
        f'"route":"{side}.page","side":"{side}","status":{status}}}\n'
    )


if __name__ == "__main__":
    main()
