"""Rebuild platform/common/static/common/vendor/ from the npm packages named below.

    pip install fonttools brotli
    python -m deploy.assets.vendor

Everything a page loads is kept in the repository, so that no page asks a third party for anything and
a deployment needs no npm. Run this only to change a version, then look at the pages.

Titles keep the optical size 48 (tighter and livelier than the default) and weights 400 to 800; the
text keeps 400 to 700. Latin-1, œ and French typography; kerning and ligatures; no hinting. Letters are
spaced alike at every weight, as at the one that is met most: what varies there weighs 8 kB and nobody
sees it. 75 kB become 45 kB. The same two stand unpacked in platform/common/fonts/, for the pictures that Typst sets.
"""

import io
import tempfile
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

from deploy.assets import styles
from deploy.assets.npm import packed

TARGET = Path(__file__).parents[2] / "platform/common/static/common/vendor"
FOR_TYPST = Path(__file__).parents[2] / "platform/common/fonts"

BOOTSTRAP = "bootstrap@5.3.9"
HTMX = "htmx.org@2.0.11"  # the registry's `latest` is another major version
BRICOLAGE = "@fontsource-variable/bricolage-grotesque@5.3.0"
ATKINSON = "@fontsource-variable/atkinson-hyperlegible-next@5.3.0"

CHARACTERS = [*range(0x20, 0x7F), *range(0xA0, 0x100)]
CHARACTERS += [ord(sign) for sign in "ŒœŸ–—‘’‚“”„†•…‰‹›€™←→−\u2009\u2010\u2011\u202f"]
FEATURES = ["kern", "liga", "calt", "ccmp", "locl", "mark", "mkmk", "tnum", "lnum"]

Limits = dict[str, float | tuple[float, float]]


def cut(source: bytes, target: Path, limits: Limits, *, kerned_at: float) -> None:
    whole = instancer.instantiateVariableFont(TTFont(io.BytesIO(source)), limits)
    whole.flavor = None
    kern_as_at(whole, kerned_at)
    add_narrow_space(whole)
    saved = io.BytesIO()  # the subsetter wants tables as they are written, not as instantiated
    whole.save(saved)
    saved.seek(0)
    font = TTFont(saved)
    options = subset.Options(layout_features=FEATURES, hinting=False, name_IDs=["*"], flavor="woff2")
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=CHARACTERS)
    cutter.subset(font)
    subset.save_font(font, str(target), options)
    unpack(target)


def unpack(packed_font: Path) -> None:
    """Typst reads no WOFF2."""
    font = TTFont(packed_font, recalcTimestamp=False)
    font.flavor = None
    FOR_TYPST.mkdir(exist_ok=True)
    font.save(FOR_TYPST / f"{packed_font.stem}.ttf")


def kern_as_at(font: TTFont, weight: float) -> None:
    """The kerning of one weight for all of them."""
    saved = io.BytesIO()
    font.save(saved)
    saved.seek(0)
    font["GPOS"] = instancer.instantiateVariableFont(TTFont(saved), {"wght": weight})["GPOS"]
    definitions = font["GDEF"].table
    definitions.VarStore, definitions.Version = None, 0x00010002


def add_narrow_space(font: TTFont) -> None:
    """French sets a narrow no-break space before ? ! ; and between thousands: both fonts lack it.

    Their thin space takes its place, widened to a fifth of an em so that it is seen in titles too.
    """
    thin = font.getBestCmap()[0x2009]
    font["hmtx"][thin] = (round(font["head"].unitsPerEm / 5), 0)
    for table in font["cmap"].tables:
        if table.isUnicode():
            table.cmap[0x202F] = thin


def main() -> None:
    TARGET.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        bootstrap = packed(BOOTSTRAP, folder)
        styles.WHOLE.write_bytes(bootstrap["dist/css/bootstrap.min.css"])
        styles.SERVED.write_text(styles.served())
        (TARGET / "LICENSE-bootstrap.txt").write_bytes(bootstrap["LICENSE"])

        htmx = packed(HTMX, folder)
        (TARGET / "htmx.min.js").write_bytes(htmx["dist/htmx.min.js"])
        (TARGET / "LICENSE-htmx.txt").write_bytes(htmx["LICENSE"])

        titles = packed(BRICOLAGE, folder)
        cut(
            titles["files/bricolage-grotesque-latin-opsz-normal.woff2"],
            TARGET / "bricolage-grotesque-titles.woff2",
            {"opsz": 48, "wght": (400, 800)},
            kerned_at=720,
        )
        (TARGET / "LICENSE-bricolage-grotesque.txt").write_bytes(titles["LICENSE"])

        words = packed(ATKINSON, folder)
        cut(
            words["files/atkinson-hyperlegible-next-latin-wght-normal.woff2"],
            TARGET / "atkinson-hyperlegible-next.woff2",
            {"wght": (400, 700)},
            kerned_at=400,
        )
        (TARGET / "LICENSE-atkinson-hyperlegible-next.txt").write_bytes(words["LICENSE"])


if __name__ == "__main__":
    main()
