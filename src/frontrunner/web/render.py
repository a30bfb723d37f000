"""Templates to bytes."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from frontrunner.answers.entities import billions, whole_tokens
from frontrunner.base.mark import INLINE
from frontrunner.web import assets, text
from frontrunner.web.script import script_json
from frontrunner.web.urls import Links
from frontrunner.web.views.board_table import Heading
from frontrunner.web.views.row_facts import FACETS
from frontrunner.web.views.rows import FIRST_ROWS, bracketed, breakable, jointed, spaced, unbroken
from frontrunner.web.words import Words, languages


@cache
def environment() -> Environment:
    """The templates; everything put into them is escaped."""
    env = Environment(
        loader=PackageLoader("frontrunner.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.filters.update(
        score=text.score,
        span=text.span,
        short_licence=text.short_licence,
        parameters=text.parameters,
        whole=text.whole,
        openness=text.openness,
        memory=text.memory,
        duration=text.duration,
        billions=billions,
        tokens=whole_tokens,
        rich=text.rich,
        safe_url=text.safe_url,
        dataset_url=text.dataset_url,
        spaced=spaced,
        bracketed=bracketed,
        breakable=breakable,
        cut=text.cut,
        quoted=text.quoted,
        jointed=jointed,
        unbroken=unbroken,
    )
    env.globals.update(
        asset=assets.hashed,
        cards=cards,
        setup=setup,
        facets=FACETS,
        first_rows=FIRST_ROWS,
        icon=INLINE,
    )
    return env


_CARDS = Markup(' data-cells="{}" data-cells-style="{}" data-words="{}" data-snapshot="{}"')


def cards(t: Words, links: Links, snapshot_id: str) -> Markup:
    """The attributes of a table whose cells open a card that says where their numbers come from."""
    script, style = (links.asset(assets.hashed(f"cells.{kind}")) for kind in ("js", "css"))
    return _CARDS.format(script, style, t("source.card"), snapshot_id)


def setup(heading: Heading, tab: str, t: Words, links: Links, live: bool, tasks: int = 0) -> str:
    """What the board's script must know, as JSON."""
    return script_json(
        {
            "name": heading.name,
            "tab": tab,
            "tasks": tasks or heading.tasks,
            "api": links.data(""),
            "snapshot": links.version,
            "live": live,
            "words": t.below("js"),
            "labels": {**t.below("kinds"), **t.below("modalities")},
        }
    )


def day(at: float) -> str:
    """A moment as a date."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d")


def minute(at: float) -> str:
    """A moment to the minute, in UTC."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M UTC")


def render(template: str, t: Words, links: Links, **values: Any) -> bytes:
    """A page. HTML has no zero byte; one of an address or a name is shown as a strange sign."""
    page = environment().get_template(template)
    text_of_page = page.render(t=t, links=links, languages=languages(), **values)
    return text_of_page.replace("\0", "\N{REPLACEMENT CHARACTER}").encode()
