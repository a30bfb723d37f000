"""Make the pages' fonts from the package that package-lock.json pins: `make font`.

instrument-sans.woff2 has ASCII letters, tabular digits and a few signs: all that a board needs.
instrument-sans-accents.woff2 has the other letters of Western Europe; a browser fetches it for
pages that have one. Letters beyond those come from the reader's own fonts. Weights 400 to 700
stay variable. Kerning is left out: it costs as much as all letters together, and the line breaks
of a board do not depend on it. Needs fonttools, brotli.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

HERE = Path(__file__).parent
SOURCE = "@fontsource-variable/instrument-sans/files/instrument-sans-latin-wght-normal.woff2"
RANGES = ((0x20, 0x7E),)
# Dashes, quotation marks, arrows, signs of comparison.
SIGNS = (
    0xA0,
    0xB7,
    0xD7,
    0x2013,
    0x2019,
    0x201C,
    0x201D,
    0x2026,
    0x2191,
    0x2192,
    0x2193,
    0x2212,
    0x2265,
    0x2713,
)
DESCRIBED = (0xA7, 0xA9, 0xAB, 0xB0, 0xB1, 0xBB, 0x2011, 0x2014, 0x2018, 0x202F, 0x2190, 0x2264)
ACCENTS = (*range(0xC0, 0xD7), *range(0xD8, 0x100), *DESCRIBED)
"""Letters with accents, and signs of descriptions that no page has of its own."""
FEATURES = ["tnum", "ccmp", "locl"]


def main() -> None:
    """Write the fonts beside this script, the same bytes for the same input."""
    letters = [code for first, last in RANGES for code in range(first, last + 1)]
    write("instrument-sans.woff2", [*letters, *SIGNS])
    write("instrument-sans-accents.woff2", ACCENTS)


def write(name: str, codes: Iterable[int]) -> None:
    """Write the font of some characters."""
    options = subset.Options()
    options.layout_features = FEATURES
    options.hinting = False
    options.flavor = "woff2"
    options.name_IDs = [0, 1, 2, 13, 14]
    font = TTFont(HERE.parent / "node_modules" / SOURCE, recalcTimestamp=False)
    font = instancer.instantiateVariableFont(font, {"wght": (400, 700)})
    font.flavor = None
    maker = subset.Subsetter(options)
    maker.populate(unicodes=codes)
    maker.subset(font)
    subset.save_font(font, str(HERE / name), options)


if __name__ == "__main__":
    main()
