"""Load everything and make the bytes of every board, as the service would. RESULTS

With a second argument, keep the frames where the service finds them at its next start.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from bench.peer.frames import install, service_frames


async def make_all() -> None:
    """Every board's two answers, with gzip."""
    import mteb
    from mteb.api.cache import get_per_language_bytes, get_summary_bytes

    for bench in mteb.get_benchmarks():
        await get_summary_bytes(bench.name)
        await get_per_language_bytes(bench.name)


def keep(results: Path) -> None:
    """Write the service's own disk cache."""
    from mteb.api import frames
    from mteb.api.settings import get_settings

    parts, unified = service_frames(results)
    frames._write_disk_cache(str(get_settings().cache_repo), None, parts, unified)


if __name__ == "__main__":
    if len(sys.argv) > 2:
        keep(Path(sys.argv[1]))
    else:
        install(Path(sys.argv[1]))
        asyncio.run(make_all())
