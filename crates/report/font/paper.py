"""Makes the fonts for paper from those for the screen: fixed weights, under a name of their own, as the licence asks of
what was changed. Needs fonttools and brotli: `python3 crates/report/font/paper.py`."""

from pathlib import Path

from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

HERE = Path(__file__).parent
FONTS = [
    ("source-sans-3-latin-wght-normal.woff2", "Paper Sans", "Regular", 400),
    ("source-sans-3-latin-wght-normal.woff2", "Paper Sans", "Semibold", 600),
    ("source-serif-4-latin-wght-normal.woff2", "Paper Serif", "Semibold", 600),
]


def main() -> None:
    for source, family, style, weight in FONTS:
        font = instancer.instantiateVariableFont(TTFont(HERE / source, recalcTimestamp=False), {"wght": weight})
        bare = f"{family} {style}".replace(" ", "-").lower()
        names = font["name"]
        # Copyright and licence (0, 13, 14) stay; every other name was about the font before it was changed.
        names.names = [name for name in names.names if name.nameID in (0, 13, 14)]
        for which, text in {1: family, 2: "Regular", 4: f"{family} {style}", 6: bare, 16: family, 17: style}.items():
            names.setName(text, which, 3, 1, 0x409)
        font["OS/2"].usWeightClass = weight
        font.flavor = None
        font.save(HERE / f"{bare}.ttf")


if __name__ == "__main__":
    main()
