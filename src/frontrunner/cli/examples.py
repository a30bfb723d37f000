"""The examples that `--help` shows. A test parses each with the options of its command."""

from __future__ import annotations

_RESULTS = "https://github.com/embeddings-benchmark/results"

EXAMPLES: dict[str, tuple[str, ...]] = {
    "": ("demo --open", f"build --results {_RESULTS}", "serve --open"),
    "demo": ("demo", "demo --port 8001 --open"),
    "serve": ("serve --open", "serve --host 0.0.0.0 --port 80 --workers 4"),
    "export": ("export --static site", "export --static site --url https://board.example.org"),
    "build": (
        f"build --results {_RESULTS}",
        "build --results public/results --results my-results --catalog my-tasks.toml",
    ),
    "ingest": ("ingest --check my-results", "ingest --check my-results --json"),
    "catalog": ("catalog", "catalog --catalog my-tasks.toml"),
    "prepare": ("prepare", "prepare dba631994630cc99 --again"),
    "evaluate": ("evaluate --output my-results", "evaluate --output my-results --dry-run"),
    "snapshots": ("snapshots", "snapshots --json"),
    "publish": ("publish dba631994630cc99",),
    "rollback": ("rollback",),
    "verify": ("verify", "verify dba631994630cc99"),
    "diff": ("diff 2026-10 current", 'diff dba631994630cc99 --board "MTEB(eng, v2)"'),
    "prune": ("prune --dry-run", "prune --keep 3"),
    "parity": ("parity --legacy old-board --out report",),
    "contract record": ("contract record https://old.example.org --out record",),
    "contract check": ("contract check record --against http://127.0.0.1:8000",),
    "legacy adopt": ("legacy adopt old-board",),
    "legacy write": ("legacy write fresh-files --dry-run",),
    "legacy unpack": ("legacy unpack dump.parquet results",),
    "gateway": ("gateway run", "gateway status", "gateway share 5"),
    "takeover": ("takeover plan", "takeover start", "takeover status", "takeover rollback"),
    "takeover rehearse": (
        "takeover rehearse --requests 20000 --html rehearsal.html",
        "takeover rehearse --fault envoy-killed --fault plan-edited",
    ),
    "hub": ("hub rights --space owner/name",),
    "engagement export": ("engagement export likes.json --space owner/name",),
    "refresh": (
        f"refresh --results {_RESULTS}",
        "refresh --every 6h",
        "refresh status",
    ),
    "refresh backfill": ("refresh backfill --git results.git --since 2025-01-31",),
    "doctor": ("doctor",),
    "backup": ("backup board.tar",),
    "restore": ("restore board.tar --home restored",),
    "store push": ("store push --store s3://bucket/board",),
    "store pull": ("store pull --store s3://bucket/board",),
    "space": ("space init my-space", "space check", "space deploy my-space"),
}
