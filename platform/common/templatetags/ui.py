"""Signs, figures and days that templates of every page share.

Pictures are inlined, so that the tones of the place where they stand reach them.
"""

import datetime
import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from django import forms, template
from django.core.paginator import Page
from django.forms.boundfield import BoundField
from django.template.loader import get_template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, pgettext

from common.names_of_places import of_place
from common.navigation import Menu, shown
from common.pagecache import hole
from common.panels import fill_slot

register = template.Library()

NO_BREAK, NARROW_NO_BREAK = "\u00a0", "\u202f"

ICONS = {
    "arrow": "M4 12h16m-6-6 6 6-6 6",
    "back": "M20 12H4m6-6-6 6 6 6",
    "bell": "M6 17V10a6 6 0 0 1 12 0v7l2 1H4zM10 21h4",
    "calendar": "M4 6h16v14H4zM4 10.5h16M8 3.5V6m8-2.5V6",
    "chart": "M4 20h16M7 16v-5m5 5V5m5 11V8.5",
    "check": "m4 12.5 5.5 5.5L20 7",
    "chevron": "m6 9.5 6 6 6-6",
    "clock": "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zm0 4.5V12l3 2",
    "cross": "m6 6 12 12M18 6 6 18",
    "down": "M12 5v14m-6-6 6 6 6-6",
    "doc": "M6 3h8l4 4v14H6zM14 3v4h4M9 12h6M9 16h6",
    "download": "M12 4v11m-5-5 5 5 5-5M4 20h16",
    "eye": (
        "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12z"
        "M12 9.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5z"
    ),
    "filter": "M4 7h16M7 12h10M10 17h4",
    "flag": "M5 21V4h13l-3 4.5 3 4.5H5",
    "info": "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zm0 8v5m0-8.5v.1",
    "link": (
        "M10 14a4 4 0 0 0 5.7 0l3.1-3.1a4 4 0 0 0-5.7-5.7L12 6.3"
        "M14 10a4 4 0 0 0-5.7 0l-3.1 3.1a4 4 0 0 0 5.7 5.7l1.1-1.1"
    ),
    "lock": "M5.5 11h13v9h-13zM8.5 11V7.5a3.5 3.5 0 0 1 7 0V11",
    "mail": "M3.5 6h17v12.5h-17zM3.5 7l8.5 6.5L20.5 7",
    "menu": "M4 7h16M4 12h16M4 17h16",
    "minus": "M5 12h14",
    "pen": "m4 20 1-4.5L16.5 4 20 7.5 8.5 19zM14 6.5 17.5 10",
    "plus": "M12 5v14M5 12h14",
    "print": "M7 9V4h10v5M7 17H4V9h16v8h-3M7 14h10v6H7z",
    "reply": "M4 5h16v11h-9l-5 4v-4H4z",
    "search": "M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zm4.7 11.2L20 20",
    "trash": "M4 7h16M9 7V4h6v3M6.5 7l1 13h9l1-13M10.5 11v5m3-5v5",
    "up": "M12 19V5m-6 6 6-6 6 6",
    "user": "M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM4.5 20.5a7.5 6.5 0 0 1 15 0",
    "users": (
        "M9 5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7zM2.5 19.5a6.5 6 0 0 1 13 0"
        "M15.5 5.3a3.5 3.5 0 0 1 0 6.4M18 14.3a6 6 0 0 1 3.5 5.2"
    ),
    "warning": "M12 4 2.5 20h19zm0 6v5m0 2.5v.1",
}

# Full, half, empty: the signs of for, to improve and against, in shape before colour.
_RING = '<circle cx="12" cy="12" r="9.8" fill="none" stroke="currentColor" stroke-width="2.4"/>'
DISCS = {
    "for": (
        '<path fill="currentColor" fill-rule="evenodd" d="M12 1a11 11 0 1 0 0 22 11 11 0 0 0 0-22z'
        'm-1.4 5.5h2.8v4.1h4.1v2.8h-4.1v4.1h-2.8v-4.1H6.5v-2.8h4.1z"/>'
    ),
    "half": _RING + '<path fill="currentColor" d="M12 2a10 10 0 0 0 0 20z"/>',
    "against": _RING + '<path stroke="currentColor" stroke-width="2.8" d="M6.8 12h10.4"/>',
}
# ── Signs ─────────────────────────────────────────────────────────────────────


@register.simple_tag
def icon(name: str) -> SafeString:
    return format_html(
        '<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path d="{}"/></svg>',
        ICONS[name],
    )


@register.simple_tag
def disc(name: str) -> SafeString:
    """`name` is for, half or against."""
    return format_html(
        '<svg class="disc" viewBox="0 0 24 24" aria-hidden="true" focusable="false">{}</svg>',
        SafeString(DISCS[name]),
    )


@register.simple_tag
def sunrise() -> SafeString:
    return drawing("sunrise")


@register.simple_tag
def city_mark() -> SafeString:
    return drawing("city_mark")


@register.simple_tag
def wordmark() -> SafeString:
    return drawing("wordmark")


def drawing(name: str, app: str = "common") -> SafeString:
    return SafeString(get_template(f"{app}/illustrations/{name}.svg").render().strip())


# ── Words, figures, days ──────────────────────────────────────────────────────


@register.filter
def figure(number: int | float | Decimal | str | None) -> str:
    """A number as French writes it, with narrow no-break spaces: 17 316,5. Other words stay as they are."""
    if isinstance(number, str) and number.isdigit():
        number = int(number)
    if number is None or isinstance(number, str):
        return number or ""
    return f"{number:,}".replace(",", NARROW_NO_BREAK).replace(".", ",").replace("-", "−")


@register.filter
def spelled(number: int) -> str:
    """A small number in letters, as a title writes it: six. Larger ones stay figures."""
    letters = {
        2: pgettext("number", "two"),
        3: pgettext("number", "three"),
        4: pgettext("number", "four"),
        5: pgettext("number", "five"),
        6: pgettext("number", "six"),
        7: pgettext("number", "seven"),
        8: pgettext("number", "eight"),
        9: pgettext("number", "nine"),
        10: pgettext("number", "ten"),
    }
    return letters.get(number, figure(number))


@register.filter
def names(people: Sequence[str]) -> SafeString:
    """Mésange, Tilleul et Roue libre: each in bold."""
    return row_of_names([format_html("<b>{}</b>", name) for name in people])


@register.filter
def of_name(named: Any, kind: str = "") -> str:
    """« d’Orléans », « du Havre »: of a city, a sign-up or a run, or of a name, with the kind of authority it is."""
    if isinstance(named, str):
        return of_place(named, kind=kind)
    name: str = named.name if hasattr(named, "name") else named.authority_name
    return of_place(name, kind=named.kind)


def row_of_names(parts: Sequence[SafeString]) -> SafeString:
    if len(parts) < 2:
        return SafeString("".join(parts))
    first, last = ", ".join(parts[:-1]), parts[-1]
    return SafeString(pgettext("a row of names", "%(first)s and %(last)s") % {"first": first, "last": last})


@register.filter
def day(moment: datetime.date | datetime.datetime | None) -> str:
    """A day of this year: 5 octobre, 1er novembre."""
    return _day(moment, "j F")


@register.filter
def full_day(moment: datetime.date | datetime.datetime | None) -> str:
    """A day with its year: 5 octobre 2026."""
    return _day(moment, "j F Y")


def _day(moment: datetime.date | datetime.datetime | None, pattern: str) -> str:
    if not moment:
        return ""
    if isinstance(moment, datetime.datetime) and timezone.is_aware(moment):
        moment = timezone.localtime(moment)
    words = date_format(moment, pattern)
    if moment.day == 1 and (get_language() or "").startswith("fr"):
        words = words.replace("1 ", "1er ", 1)
    return words.replace(" ", NO_BREAK, 1)


@register.filter
def host(address: str) -> str:
    """Where a link leads, said in words: its site."""
    try:
        return (urlsplit(address).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


@register.filter
def unbroken(text: str) -> SafeString:
    """For large titles: short compounds such as “voulons-nous” stay on one line."""
    words = re.split(r"(\s+)", str(text))
    return format_html_join(
        "",
        "{}",
        (
            (format_html('<span class="whole">{}</span>', word) if "-" in word and len(word) <= 14 else word,)
            for word in words
        ),
    )


@register.filter
def last_day(moment: datetime.datetime) -> datetime.date:
    """The last day of a period that ends just before `moment`: midnight belongs to the day before."""
    return (timezone.localtime(moment) - datetime.timedelta(minutes=1)).date()


@register.filter
def days_left(moment: datetime.datetime, at: datetime.datetime) -> int:
    """Whole days from the day of `at` to the last day before `moment`: 0 on the last one."""
    return (last_day(moment) - timezone.localtime(at).date()).days


@register.filter
def paragraphs(text: str) -> SafeString:
    """Plain text as paragraphs: a blank line parts them, a single line break stays a line break."""
    parts = [part.strip() for part in re.split(r"\n\s*\n", str(text or "").replace("\r\n", "\n"))]
    return format_html_join("\n", "<p>{}</p>", ((_broken(part),) for part in parts if part))


def _broken(part: str) -> SafeString:
    return SafeString(escape(part).replace("\n", "<br>"))


def colon() -> str:
    """Before the details that only a screen reader says."""
    return f"{NO_BREAK}: "


# ── Forms ─────────────────────────────────────────────────────────────────────


@register.simple_tag
def control(field: BoundField, css: str = "") -> SafeString:
    """The widget of a field, with the classes that its kind wants, its own kept, and `css`.

    Django itself writes aria-invalid, and aria-describedby for the hint and the error; a long text is
    described by its counter too.
    """
    widget = field.field.widget
    classes = [widget.attrs.get("class", ""), _class_of(widget), css]
    if field.errors:
        classes.append("is-invalid")
    attrs: dict[str, str | bool] = {"class": " ".join(filter(None, classes))}
    if limits(field):
        attrs["aria-describedby"] = f"{field.aria_describedby or ''} {field.auto_id}_counter".strip()
    return field.as_widget(attrs=attrs)


def _class_of(widget: forms.Widget) -> str:
    if isinstance(widget, forms.CheckboxInput | forms.RadioSelect):
        return "form-check-input"
    if isinstance(widget, forms.CheckboxSelectMultiple):
        return ""
    if isinstance(widget, forms.Select):
        return "form-select"
    return "form-control"


@register.filter
def limits(field: BoundField) -> tuple[int, int] | None:
    """The least and most characters of a long text, if its page says them."""
    attrs = field.field.widget.attrs
    if not isinstance(field.field.widget, forms.Textarea) or not {"data-counter", "maxlength"} & attrs.keys():
        return None
    if "data-counter" not in attrs:
        return int(attrs.get("minlength", 0)), int(attrs["maxlength"])
    least, _dash, most = attrs["data-counter"].partition("-")
    return int(least), int(most)


@register.filter
def is_check(field: BoundField) -> bool:
    """A single box to tick, whose label comes after it."""
    return isinstance(field.field.widget, forms.CheckboxInput)


@register.simple_tag(name="hole", takes_context=True)
def hole_tag(context: template.Context, name: str, of: int | None = None) -> str:
    """Where a kept page says something to one person, of one thing where it has many (common.pagecache)."""
    return mark_safe(hole(name, context["request"], of))  # noqa: S308 (a marker of ours, or a template's words)


@register.inclusion_tag("common/components/_menu.html", takes_context=True)
def menu(context: template.Context, name: str) -> dict[str, Any]:
    return {"entries": shown(Menu(name), context["request"])}


@register.simple_tag(takes_context=True)
def panels(context: template.Context, slot: str) -> SafeString:
    """What apps show in a slot of the present page (common.panels)."""
    return fill_slot(slot, context["request"], {str(name): value for name, value in context.flatten().items()})


@register.simple_tag(takes_context=True)
def page_link(context: template.Context, number: int) -> str:
    """The address of another page of the present list: its own parameters, and what its view says in `page_keeps`."""
    query = context["request"].GET.copy()
    for name, value in (context.get("page_keeps") or {}).items():
        query[name] = str(value)
    query["page"] = str(number)
    return f"?{query.urlencode()}"


@register.simple_tag
def page_window(page_obj: Page[Any]) -> list[int | str]:
    """Numbers of the pages to offer around the present one, with … where some are left out."""
    return list(page_obj.paginator.get_elided_page_range(page_obj.number, on_each_side=1, on_ends=1))
