"""Rebuild platform/common/static/common/vendor/ from the npm packages named below.

    pip install fonttools brotli
    python -m deploy.assets.vendor

Everything a page loads is kept in the repository, so that no page asks a third party for anything and
a deployment needs no npm. Run this only to change a version, then look at the pages.

Titles keep the optical size 48 (tighter and livelier than the default) and weights 400 to 800; the
text keeps 400 to 700. Latin-1, œ and French typography; kerning and ligatures; no hinting. Letters are
spaced alike at every weight, as at the one that is met most: what varies there weighs 8 kB and nobody
sees it. 75 kB become 45 kB. The same two stand unpacked in platform/common/fonts/, for what Typst sets: documents and
pictures. There people's names and words are printed whatever their letters, so that these stand beside them: the rest
of both fonts (Ł, ş, ğ), Arabic, and emoji in one colour (Noto), with the list of their signs (signs.txt).
"""

import io
import tempfile
from collections.abc import Callable
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
ARABIC = "@fontsource-variable/noto-sans-arabic@5.3.0"
EMOJI = "@fontsource/noto-emoji@5.3.2"

CHARACTERS = [*range(0x20, 0x7F), *range(0xA0, 0x100)]
CHARACTERS += [ord(sign) for sign in "ŒœŸ–—‘’‚“”„†•…‰‹›€™←→−\u2009\u2010\u2011\u202f"]
FEATURES = ["kern", "liga", "calt", "ccmp", "locl", "mark", "mkmk", "tnum", "lnum"]
SHAPING = [*FEATURES, "init", "medi", "fina", "isol", "rlig"]

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


def cut_for_typst(
    source: bytes, name: str, limits: Limits, wanted: Callable[[int], bool] = bool, *, family: str = ""
) -> list[int]:
    """Letters that pages do without: returned are those that it has. `family`: of several files of one family Typst
    takes one, and where that lacks a sign, the one whose name begins alike.
    """
    font = TTFont(io.BytesIO(source))
    if limits:
        font = instancer.instantiateVariableFont(font, limits)
    font.flavor = None
    saved = io.BytesIO()
    font.save(saved)
    saved.seek(0)
    font = TTFont(saved, recalcTimestamp=False)
    signs = sorted(code for code in font.getBestCmap() if wanted(code))
    options = subset.Options(layout_features=SHAPING if limits else [], hinting=False, name_IDs=["*"])
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=signs)
    cutter.subset(font)
    if family:
        for record in [each for each in font["name"].names if each.nameID in (1, 4, 16)]:
            font["name"].setName(family, record.nameID, record.platformID, record.platEncID, record.langID)
    subset.save_font(font, str(FOR_TYPST / f"{name}.ttf"), options)
    return signs


def runs_of(signs: list[int]) -> list[str]:
    runs: list[tuple[int, int]] = []
    for code in signs:
        if runs and runs[-1][1] == code - 1:
            runs[-1] = (runs[-1][0], code)
        else:
            runs.append((code, code))
    return [f"{first:x}-{last:x}" for first, last in runs]


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
        whatever_people_write(titles, words, packed(ARABIC, folder), packed(EMOJI, folder))


def whatever_people_write(
    titles: dict[str, bytes], words: dict[str, bytes], arabic: dict[str, bytes], emoji: dict[str, bytes]
) -> None:
    more = "files/bricolage-grotesque-latin-ext-opsz-normal.woff2"
    cut_for_typst(
        titles[more], "bricolage-grotesque-more", {"opsz": 48, "wght": (400, 800)}, family="Bricolage Grotesque More"
    )
    more = "files/atkinson-hyperlegible-next-latin-ext-wght-normal.woff2"
    cut_for_typst(words[more], "atkinson-hyperlegible-more", {"wght": (400, 700)}, family="Atkinson Hyperlegible More")
    signs = cut_for_typst(
        arabic["files/noto-sans-arabic-arabic-wght-normal.woff2"],
        "noto-sans-arabic",
        {"wght": (400, 700)},
        lambda code: 0x600 <= code < 0x700 or 0x750 <= code < 0x780,
    )
    signs += cut_for_typst(
        emoji["files/noto-emoji-emoji-400-normal.woff2"],
        "noto-emoji",
        {},
        lambda code: 0x2600 <= code < 0x27C0 or 0x1F000 <= code < 0x1FB00,
    )
    (FOR_TYPST / "signs.txt").write_text("\n".join(runs_of(signs)) + "\n")
    for name, package in (("arabic", arabic), ("emoji", emoji)):
        (FOR_TYPST / f"LICENSE-noto-{name}.txt").write_bytes(package["LICENSE"])


if __name__ == "__main__":
    main()
