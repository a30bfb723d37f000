"""Make instrument-sans.woff2 from the package that package-lock.json pins: `make font`.

The pages need ASCII letters, tabular digits and a few signs; letters beyond those come from the
reader's own fonts. Weights 400 to 700 stay variable. Kerning is left out: it costs as much as
all letters together, and the line breaks of a board do not depend on it. Needs fonttools, brotli.
"""

from __future__ import annotations

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
    0xA9,
    0xAB,
    0xB0,
    0xB1,
    0xB7,
    0xBB,
    0xD7,
    0x2013,
    0x2014,
    0x2018,
    0x2019,
    0x201C,
    0x201D,
    0x2026,
    0x2190,
    0x2191,
    0x2192,
    0x2193,
    0x2212,
    0x2264,
    0x2265,
    0x2713,
)
FEATURES = ["tnum", "ccmp", "locl"]


def main() -> None:
    """Write the font beside this script, the same bytes for the same input."""
    options = subset.Options()
    options.layout_features = FEATURES
    options.hinting = False
    options.flavor = "woff2"
    options.name_IDs = [0, 1, 2, 13, 14]
    font = TTFont(HERE.parent / "node_modules" / SOURCE, recalcTimestamp=False)
    font = instancer.instantiateVariableFont(font, {"wght": (400, 700)})
    font.flavor = None
    letters = [code for first, last in RANGES for code in range(first, last + 1)]
    maker = subset.Subsetter(options)
    maker.populate(unicodes=[*letters, *SIGNS])
    maker.subset(font)
    subset.save_font(font, str(HERE / "instrument-sans.woff2"), options)


if __name__ == "__main__":
    main()
