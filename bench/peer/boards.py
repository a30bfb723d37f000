"""Write every board that mteb's service computes from a folder of result files.

Usage, in the peer's environment: python -m bench.peer.boards RESULTS OUT
Writes OUT/<number>.json with {"path": ..., "body": ...}, one for each view of each benchmark.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from urllib.parse import quote

from bench.peer.frames import install, say

LANGUAGES = (("English",), ("German", "fra-Latn"), ("Chinese",))
NARROWED = ("MTEB(Multilingual, v2)", "MTEB(Europe, v1)", "MTEB(eng, v2)", "MTEB(Indic, v1)")


async def write(out: Path) -> None:
    """Write all boards."""
    import mteb
    from mteb.api.aggregators import build_benchmark_per_language, build_benchmark_summary
    from mteb.api.frames import get_cache

    number = 0
    for bench in mteb.get_benchmarks():
        base = f"/v1/benchmarks/{quote(bench.name, safe='')}"
        asked = LANGUAGES if bench.name in NARROWED else ()
        bodies = {
            f"{base}/scores": await build_benchmark_summary(bench.name, get_cache()),
            f"{base}/per-language": await build_benchmark_per_language(bench.name),
        }
        for languages in asked:
            path = f"{base}/scores?languages={quote(','.join(languages))}"
            bodies[path] = await build_benchmark_summary(bench.name, get_cache(), languages)
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
