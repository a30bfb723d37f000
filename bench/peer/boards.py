"""Write every board that mteb's service computes from a folder of result files.

Usage, in the peer's environment: python -m bench.peer.boards RESULTS OUT
Writes OUT/<number>.json with {"path": ..., "body": ...}, one for each view of each benchmark.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import quote

from bench.peer.frames import install, say


def picks(codes: Sequence[str], label: Callable[[str], str]) -> list[tuple[str, ...]]:
    """What to narrow a board with `codes` to: one language, two, several, all, and English.

    Languages are named by their label or their code, in turn, for the service accepts both.
    """
    known = sorted(codes)
    if not known:
        return []
    mixed = tuple(label(code) if place % 2 else code for place, code in enumerate(known))
    middle, last = label(known[len(known) // 2]), known[-1]
    # Our server takes at most 1,000 names in a list, and the widest board has 1,062 codes.
    some, every = mixed[::3], tuple(known[:1000])
    wanted = [(known[0],), (middle, last), some, every, ("German", "fra-Latn"), ("English",)]
    return list(dict.fromkeys(wanted))


async def write(out: Path) -> None:
    """Write all boards."""
    import mteb
    from mteb.api import aggregators
    from mteb.api.frames import get_cache
    from mteb.languages import language_label

    number = 0
    for bench in mteb.get_benchmarks():
        base = f"/v1/benchmarks/{quote(bench.name, safe='')}"
        bodies = {
            f"{base}/scores": await aggregators.build_benchmark_summary(bench.name, get_cache()),
            f"{base}/per-language": await aggregators.build_benchmark_per_language(bench.name),
        }
        codes = aggregators._benchmark_language_codes(bench.name)
        for languages in picks(codes, language_label):
            query = f"languages={quote(','.join(languages), safe=',')}"
            narrowed = await aggregators.build_benchmark_summary(bench.name, get_cache(), languages)
            bodies[f"{base}/scores?{query}"] = narrowed
        for path, body in bodies.items():
            content = {"path": path, "body": json.loads(body.model_dump_json(by_alias=True))}
            (out / f"{number}.json").write_text(json.dumps(content), encoding="utf-8")
            number += 1
    say(f"{number} answers")


def main() -> None:
    """Read the arguments and write."""
    results, out = Path(sys.argv[1]), Path(sys.argv[2])
    out.mkdir(parents=True, exist_ok=True)
    install(results)
    asyncio.run(write(out))


if __name__ == "__main__":
    main()
