"""Draws the picture that goes with a link in a chat, as PNG: chats show nothing else.

The font is that of the pages. It holds ASCII and a few signs, and nothing of the machine's own
fonts is used, so that every replica draws the same bytes. Letters with accents lose them; a
title that cannot be written is replaced by the next one (see `Card.titles`), and what is left
is left out. Pillow is imported with the first card: a server starts without it.
"""

from __future__ import annotations

import io
import unicodedata
from functools import cache
from typing import TYPE_CHECKING

from frontrunner.answers.service import Service
from frontrunner.base.config import SiteSettings
from frontrunner.base.errors import MissingExtraError
from frontrunner.legacy.links.meaning import benchmark_called, spelled
from frontrunner.snapshot.answers import Encoded, body_tag
from frontrunner.web.assets import hashed, read
from frontrunner.web.urls import SITE_CARD
from frontrunner.web.views.cards import Card, Line, board_card, model_card, site_card, task_card
from frontrunner.web.words import DEFAULT, PLAIN_SITE, words

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import FreeTypeFont

SIZE = (1200, 630)
"""What chats ask for."""
SIGNS = "\N{MIDDLE DOT}\N{HORIZONTAL ELLIPSIS}"
"""What the font holds beside ASCII."""
_LEFT, _RIGHT = 72, 1128
_GROUND, _LINE = "#0b2429", "#1d4148"
_INK, _SOFT, _GOLD, _ACCENT = "#f2f7f7", "#9db6ba", "#e9b15c", "#74cbd5"
_LANES = (
    (_ACCENT, (9.3, 5.5), (31, 5.5), (29.3, 11.5), (7.6, 11.5)),
    (_INK, (7.1, 13), (22, 13), (20.3, 19), (5.4, 19)),
    (_INK, (4.9, 20.5), (14, 20.5), (12.3, 26.5), (3.2, 26.5)),
)
"""The mark of the pages (`icons.html`), in a square of 32."""
_REGULAR, _BOLD = 450, 640
_FIRST_LINE, _STEP = 306, 64
_SAME = str.maketrans(
    {
        "\N{EN DASH}": "-",
        "\N{EM DASH}": "-",
        "\N{RIGHT SINGLE QUOTATION MARK}": "'",
        "\N{MULTIPLICATION SIGN}": "x",
        "\N{GREATER-THAN OR EQUAL TO}": ">=",
    }
)


def find(service: Service, path: str, site: SiteSettings = PLAIN_SITE) -> Encoded | None:
    """The card at a path such as `benchmark/BEIR.png`; None if it does not exist."""
    card = _card(service, path.removesuffix(".png"), site) if path.endswith(".png") else None
    if card is None:
        return None
    body = draw(card, site)
    return Encoded("image/png", body_tag(body), body)


def _card(service: Service, name: str, site: SiteSettings) -> Card | None:
    kind, _, rest = name.partition("/")
    catalog = service.snapshot.catalog
    if name == SITE_CARD:
        return site_card(service, words(DEFAULT, site))
    if kind in ("benchmark", "boards"):
        board = benchmark_called(rest, catalog)
        return board_card(service, catalog.benchmark_by_name[board]) if board else None
    if kind in ("model", "models"):
        model = spelled(rest, catalog.model_by_name)
        return model_card(service, catalog.model_by_name[model]) if model else None
    task = spelled(rest, catalog.task_by_name) if kind == "task" else None
    return task_card(service, catalog.task_by_name[task]) if task else None


def written(text: str) -> str:
    """`text` in the letters that the font holds; without those that it has nothing like."""
    apart = unicodedata.normalize("NFKD", text.translate(_SAME))
    return " ".join("".join(sign for sign in apart if is_drawable(sign)).split())


def is_drawable(sign: str) -> bool:
    """Whether the font holds a character."""
    return (sign.isascii() and sign.isprintable()) or sign in SIGNS


def title(card: Card) -> str:
    """The first title of which nothing gets lost but accents; the last one's rest if there is
    none."""

    def is_whole(text: str) -> bool:
        apart = unicodedata.normalize("NFKD", text.translate(_SAME))
        return all(is_drawable(sign) or unicodedata.combining(sign) for sign in apart)

    whole = (one for one in card.titles if is_whole(one))
    return written(next(whole, card.titles[-1]))


def draw(card: Card, site: SiteSettings = PLAIN_SITE) -> bytes:
    """The card as a PNG of `SIZE`, with the name of the site."""
    from PIL import Image, ImageDraw  # noqa: PLC0415 -- see the module's docstring

    image = Image.new("RGB", SIZE, _GROUND)
    pen = ImageDraw.Draw(image)
    _mark(image, _LEFT - 6, 62)
    _head(pen, card, site)
    start = _LEFT + max((int(_font(32).getlength(line.place)) for line in card.lines), default=0)
    start += 32 if start > _LEFT else 0
    for number, line in enumerate(card.lines):
        _line(pen, start, _FIRST_LINE + number * _STEP, line)
    file = io.BytesIO()
    # A few dozen shades draw the same letters in a third of the bytes and of the time.
    few = image.quantize(64, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    few.save(file, "PNG")
    return file.getvalue()


def _head(pen: ImageDraw, card: Card, site: SiteSettings) -> None:
    name = _cut(written(words(DEFAULT, site)("site.name")), _font(36), _RIGHT - 136)
    pen.text((136, 110), name, _SOFT, _font(36), "ls")
    shown, font = _fitting(title(card), (64, 54, 46), _RIGHT - _LEFT)
    pen.text((_LEFT, 192), shown, _INK, font, "ls")
    facts = _cut(written(card.facts), _font(26), _RIGHT - _LEFT)
    pen.text((_LEFT, 238), facts, _SOFT, _font(26), "ls")


def _mark(image: Image, left: int, top: int) -> None:
    """Draw the mark 56 pixels wide: four times as large, then scaled, for even edges."""
    from PIL import Image, ImageDraw  # noqa: PLC0415 -- see the module's docstring

    for colour, *corners in _LANES:
        lane = Image.new("L", (224, 224))
        ImageDraw.Draw(lane).polygon([(x * 7, y * 7) for x, y in corners], fill=255)
        image.paste(colour, (left, top), lane.resize((56, 56), Image.Resampling.LANCZOS))


def _line(pen: ImageDraw, start: int, y: int, line: Line) -> None:
    """A line whose name begins at `start`, after its place."""
    pen.line((_LEFT, y - 44, _RIGHT, y - 44), _LINE, 2)
    font, end = _font(32), _RIGHT
    if line.score:
        pen.text((end, y), written(line.score), _INK, font, "rs")
        end -= 130
    if line.detail:
        pen.text((end, y), line.detail, _GOLD, _font(24), "rs")
        end -= int(_font(24).getlength(line.detail)) + 24
    pen.text((_LEFT, y), line.place, _SOFT, font, "ls")
    pen.text((start, y), _cut(written(line.name), font, end - start), _INK, font, "ls")


@cache
def _font(size: int, weight: int = _REGULAR) -> FreeTypeFont:
    """The pages' own font; the one of Pillow if this Pillow cannot open it."""
    from PIL import ImageFont  # noqa: PLC0415 -- see the module's docstring

    own = read(hashed("instrument-sans.woff2"))
    try:
        font = ImageFont.truetype(io.BytesIO(own.identity if own else b""), size)
        font.set_variation_by_axes([weight])
    except (OSError, ImportError, NotImplementedError):
        return _stand_in(size)
    return font


def _stand_in(size: int) -> FreeTypeFont:
    from PIL import ImageFont  # noqa: PLC0415 -- see the module's docstring

    font = ImageFont.load_default(size)
    if not isinstance(font, ImageFont.FreeTypeFont):
        raise MissingExtraError("Pillow has no FreeType. Run: pip install --force-reinstall pillow")
    return font


def _fitting(text: str, sizes: tuple[int, ...], width: float) -> tuple[str, FreeTypeFont]:
    """`text` in the largest size that it fits in; cut in the smallest one."""
    for size in sizes:
        if _font(size, _BOLD).getlength(text) <= width:
            return text, _font(size, _BOLD)
    font = _font(sizes[-1], _BOLD)
    return _cut(text, font, width), font


def _cut(text: str, font: FreeTypeFont, width: float) -> str:
    """`text`, or as much of it as is `width` wide."""
    if font.getlength(text) <= width:
        return text
    while text and font.getlength(text + "…") > width:
        text = text[:-1]
    return text.rstrip() + "…"
