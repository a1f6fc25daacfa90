"""A palette from one colour, in OKLCH, with text contrast computed and not hoped for.

A component only ever says `--tone-…`; a class around it says whose tone it is. The tones of the
service and of the six themes stand in tokens.css; those of a city are written here from the one
colour it picked, as hex values, so that browsers without oklch() show the same.

OKLab matrices: Björn Ottosson, "A perceptual color space for image processing" (2020).
Contrast: WCAG 2.2, relative luminance.
"""

import math
import re
from collections.abc import Sequence
from functools import lru_cache

Tones = dict[str, str]

PAPER, INK, NIGHT = "#fbfaf7", "#1c1b19", "#171614"  # as in tokens.css
INK_SOFT, NIGHT_INK_SOFT = "#5a564e", "#b8b1a3"
TEXT, GRAPHIC = 4.5, 3.0  # WCAG 1.4.3 and 1.4.11

SOURCES = {
    "service": "#1d4a41",
    "ecology": "#2f7d4f",
    "work": "#b5542a",
    "citizenship": "#2f5fb3",
    "solidarity": "#c2416b",
    "health": "#0f7f8c",
    "society": "#7a4fb0",
}


def tone_class(theme: str) -> str:
    """The CSS class of a theme code: "ECOLOGY" gives "tone-ecology"."""
    return f"tone-{theme.lower()}"


@lru_cache(maxsize=1024)
def city_stylesheet(colour: str) -> str:
    """The stylesheet that declares `.tone-city`, for daylight and for night.

    `colour` is "#rrggbb" or "rrggbb". Raises ValueError for anything else.
    """
    day, night = tones(colour)
    return (
        f"@layer tokens {{\n  {css('city', day)}\n"
        f"  @media (prefers-color-scheme: dark) {{\n    {css('city', night)}\n  }}\n}}\n"
    )


def css(name: str, declared: Tones) -> str:
    values = " ".join(f"--tone-{role}: {value};" for role, value in declared.items())
    return f".tone-{name} {{ {values} }}"


def tones(colour: str) -> tuple[Tones, Tones]:
    """The ten roles of a colour, by day and by night. Raises ValueError unless it is "#rrggbb"."""
    picked = _normal(colour)
    return _by_day(picked), _by_night(picked)


def _by_day(picked: str) -> Tones:
    lightness, chroma, hue = oklch(picked)
    tint = min(chroma, 0.16)
    wash = to_hex(0.966, 0.13 * tint, hue)
    soft = to_hex(0.905, 0.42 * tint, hue)
    muted, middle = min(chroma, 0.13), min(lightness, 0.62)
    # A colour that carries dark text is kept as picked; a deeper one is darkened until paper reads on it.
    if contrast(picked, INK) >= 1.35 * contrast(picked, PAPER):
        on, fill = INK, _until(lightness, chroma, hue, step=0.01, grounds=[INK], at_least=TEXT)
    else:
        on, fill = PAPER, _until(lightness, chroma, hue, step=-0.01, grounds=[PAPER], at_least=TEXT)
    return {
        "wash": wash,
        "soft": soft,
        "line": to_hex(0.80, 0.60 * tint, hue),
        "mark": _until(middle, chroma, hue, step=-0.01, grounds=[PAPER, wash], at_least=GRAPHIC),
        "ink": _until(min(lightness, 0.52), muted, hue, step=-0.01, grounds=[PAPER, soft], at_least=TEXT),
        "fill": fill,
        "on": on,
        "poster": fill,
        "on-poster": on,
        "poster-2": _shifted(fill, 0.075 if on == INK else -0.07),
    }


def _by_night(picked: str) -> Tones:
    lightness, chroma, hue = oklch(picked)
    tint = min(chroma, 0.16)
    wash = to_hex(0.235, 0.16 * tint, hue)
    soft = to_hex(0.32, 0.40 * tint, hue)
    bright = min(chroma, 0.14)
    # At night a full page of bright colour would dazzle: the poster becomes a deep tone.
    poster = to_hex(0.285, 0.40 * tint, hue)
    poster_2 = _shifted(poster, 0.07)
    return {
        "wash": wash,
        "soft": soft,
        "line": to_hex(0.46, 0.55 * tint, hue),
        "mark": _until(max(lightness, 0.70), bright, hue, step=0.01, grounds=[NIGHT, wash], at_least=GRAPHIC),
        "ink": _until(0.84, min(chroma, 0.09), hue, step=0.01, grounds=[NIGHT, soft], at_least=TEXT),
        "fill": _until(0.80, min(chroma, 0.13), hue, step=0.01, grounds=[INK], at_least=TEXT),
        "on": INK,
        "poster": poster,
        "poster-2": poster_2,
        "on-poster": _until(0.93, 0.04, hue, step=0.01, grounds=[poster_2], at_least=TEXT),
    }


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def luminance(colour: str) -> float:
    red, green, blue = _rgb(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def oklch(colour: str) -> tuple[float, float, float]:
    """Lightness 0 to 1, chroma from 0, hue in degrees."""
    red, green, blue = _rgb(colour)
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    medium = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    lightness = 0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short
    a = 1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short
    return lightness, math.hypot(a, b), math.degrees(math.atan2(b, a)) % 360


def to_hex(lightness: float, chroma: float, hue: float) -> str:
    """The nearest colour a screen can show: chroma gives way, lightness and hue stay."""
    rgb = _from_oklch(lightness, chroma, hue)
    while chroma > 0 and not all(-0.0005 <= channel <= 1.0005 for channel in rgb):
        chroma = max(0.0, chroma - 0.004)
        rgb = _from_oklch(lightness, chroma, hue)
    return "#" + "".join(f"{round(255 * _encoded(min(1.0, max(0.0, channel)))):02x}" for channel in rgb)


def _from_oklch(lightness: float, chroma: float, hue: float) -> tuple[float, float, float]:
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )


def _until(lightness: float, chroma: float, hue: float, *, step: float, grounds: Sequence[str], at_least: float) -> str:
    """Move the lightness until the colour stands out enough on every one of the grounds."""
    while 0 < lightness < 1:
        colour = to_hex(lightness, chroma, hue)
        if min(contrast(colour, ground) for ground in grounds) >= at_least:
            return colour
        lightness += step
    return INK if step < 0 else PAPER


def _shifted(colour: str, by: float) -> str:
    lightness, chroma, hue = oklch(colour)
    return to_hex(lightness + by, chroma, hue)


def _rgb(colour: str) -> list[float]:
    return [_linear(int(colour[start : start + 2], 16) / 255) for start in (1, 3, 5)]


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4


def _encoded(channel: float) -> float:
    return 12.92 * channel if channel <= 0.0031308 else 1.055 * channel ** (1 / 2.4) - 0.055


def _normal(colour: str) -> str:
    digits = colour.removeprefix("#").lower()
    if not re.fullmatch(r"[0-9a-f]{6}", digits):
        raise ValueError(f"not a colour: {colour!r}")
    return f"#{digits}"
