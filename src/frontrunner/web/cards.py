"""The picture that goes with a link in a chat: a board's name and its first five."""

from __future__ import annotations

from markupsafe import Markup

from frontrunner.api.service import Service
from frontrunner.catalog import Benchmark
from frontrunner.web import text
from frontrunner.web.views.board import load

_ROWS = 5
_STYLE = Markup(
    "text{font-family:system-ui,-apple-system,'Segoe UI',Roboto,sans-serif;fill:#f4f6fb}"
    ".q{fill:#9aa7c0}.n{text-anchor:end;font-variant-numeric:tabular-nums}"
)


def card(service: Service, bench: Benchmark) -> Markup:
    """1200 by 630, as chats want it."""
    board = load(service, bench)
    lines = []
    for number, row in enumerate(board.rows[:_ROWS]):
        mean = row.mean_task if row.mean_task is not None else row.mean_task_type
        y = 300 + number * 58
        lines.append(
            Markup(
                '<text class="q" x="72" y="{y}" font-size="32">{rank}</text>'
                '<text x="128" y="{y}" font-size="32">{name}</text>'
                '<text class="n" x="1128" y="{y}" font-size="32">{score}</text>'
            ).format(y=y, rank=row.rank, name=row.model.name[:52], score=text.score(mean))
        )
    return Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" width="1200" height="630" viewBox="0 0 1200 630">'
        "<style>{}</style>"
        '<rect width="1200" height="630" fill="#141b2d"/>'
        '<rect x="72" y="72" width="10" height="40" rx="5" fill="#7aa2f7"/>'
        '<rect x="90" y="56" width="10" height="56" rx="5" fill="#ffb454"/>'
        '<rect x="108" y="66" width="10" height="46" rx="5" fill="#7aa2f7"/>'
        '<text x="136" y="108" font-size="36" class="q">Frontrunner</text>'
        '<text x="72" y="196" font-size="60" font-weight="700">{}</text>'
        '<text x="72" y="240" font-size="26" class="q">{}</text>{}</svg>'
    ).format(
        _STYLE,
        bench.display_name[:34],
        f"{bench.name} · {len(board.tasks)} tasks · {len(board.rows)} models",
        Markup("").join(lines),
    )
