"""Signs, figures and days that templates of every page share.

Pictures are inlined, so that the tones of the place where they stand reach them.
"""

import datetime
import re
from collections.abc import Sequence
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django import forms, template
from django.core.paginator import Page
from django.forms.boundfield import BoundField
from django.forms.utils import ErrorList
from django.template.loader import get_template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from common.kept_parts import kept_fragment
from common.languages import is_french
from common.names_of_places import of_person, of_place
from common.navigation import Menu, grouped, shown
from common.pagecache import hole
from common.panels import fill_slot
from common.templatetags.hours import hour
from common.templatetags.languages import in_french
from common.text import BLANK, TextTooLong, TextTooShort, in_figures, in_one_line
from common.time_zones import named
from common.web_addresses import with_links

register = template.Library()

NO_BREAK, NARROW_NO_BREAK = "\u00a0", "\u202f"

ICONS = sorted(path.stem for path in (Path(__file__).parents[1] / "templates/common/illustrations/icons").iterdir())


@register.simple_block_tag
def one_line(content: str) -> SafeString:
    """What is inside as one line: in a text, line ends are signs, and a template is written over several."""
    return mark_safe(in_one_line(content))  # noqa: S308 (rendered, and so escaped where it is to be)


# ── Signs ─────────────────────────────────────────────────────────────────────


@register.simple_tag
def icon(name: str) -> SafeString:
    return drawing(f"icons/{name}")


@register.simple_tag
def disc(name: str) -> SafeString:
    """Full, half, empty: the signs of `for`, to improve (`half`) and `against`, in shape before colour."""
    return drawing(f"discs/{name}")


@register.simple_tag
def sunrise() -> SafeString:
    return drawing("sunrise")


@register.simple_tag
def city_mark() -> SafeString:
    return drawing("city_mark")


@register.simple_tag
def wordmark() -> SafeString:
    return drawing("wordmark")


@cache
def drawing(name: str, app: str = "common") -> SafeString:
    return SafeString(get_template(f"{app}/illustrations/{name}.svg").render().strip())


# ── Words, figures, days ──────────────────────────────────────────────────────


@register.filter
def figure(number: int | float | Decimal | str | None) -> str:
    """A number as the present language writes it (common.text.in_figures). Other words stay as they are."""
    if isinstance(number, str) and number.isdigit():
        number = int(number)
    if number is None or isinstance(number, str):
        return number or ""
    return in_figures(number)


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


register.filter("of_person", of_person)


def row_of_names(parts: Sequence[SafeString]) -> SafeString:
    if len(parts) < 2:
        return SafeString("".join(parts))
    first, last = ", ".join(parts[:-1]), parts[-1]
    return SafeString(pgettext("a row of names", "%(first)s and %(last)s") % {"first": first, "last": last})


@register.filter
def day(moment: datetime.date | datetime.datetime | None) -> str:
    """A day, with its year unless that is the present one: 5 octobre, 1er novembre 2024."""
    here = timezone.localtime(moment) if isinstance(moment, datetime.datetime) and timezone.is_aware(moment) else moment
    return _day(moment, "j F Y" if here and here.year != timezone.localdate().year else "j F")


@register.filter
def full_day(moment: datetime.date | datetime.datetime | None) -> str:
    """A day with its year: 5 octobre 2026."""
    return _day(moment, "j F Y")


@register.filter
def weekday(moment: datetime.datetime) -> str:
    """lundi: of a moment, where the city is."""
    return date_format(timezone.localdate(moment), "l")


def _day(moment: datetime.date | datetime.datetime | None, pattern: str) -> str:
    if not moment:
        return ""
    if isinstance(moment, datetime.datetime) and timezone.is_aware(moment):
        moment = timezone.localdate(moment)
    words = date_format(moment, pattern)
    if moment.day == 1 and (get_language() or "").startswith("fr"):
        words = words.replace("1 ", "1er ", 1)
    return words.replace(" ", NO_BREAK, 1)


@register.filter
def here(words: object) -> str:
    """A day or an hour, with the city's time zone where that is not Paris': what matters to the hour."""
    return named(words)


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
def first_day(moment: datetime.datetime) -> datetime.date:
    """The first day of a period that begins at `moment`: one minute to midnight belongs to the day after."""
    return (timezone.localtime(moment) + datetime.timedelta(minutes=1)).date()


@register.filter
def deadline(moment: datetime.datetime) -> str:
    """Until when: its last day, with the hour unless the day is whole. 31 janvier 2027; 5 octobre 2026 à 18 h."""
    last = timezone.localtime(moment)
    if (last.hour, last.minute) in ((0, 0), (23, 59)):
        return full_day(last_day(moment))
    return pgettext("moment", "%(day)s at %(time)s") % {"day": full_day(last), "time": hour(last)}


@register.filter(name="moment")
def moment_of(beginning: datetime.datetime) -> str:
    """From when: 1er décembre à 8 h."""
    here = timezone.localtime(beginning)
    return pgettext("moment", "%(day)s at %(time)s") % {"day": day(here), "time": hour(here)}


@register.simple_tag
def period(opens_at: datetime.datetime, closes_at: datetime.datetime) -> str:
    """From its first day to its last; both have their year where they are of two."""
    first, last = first_day(opens_at), last_day(closes_at)
    said = day if first.year == last.year else full_day
    return _("from %(first)s to %(last)s") % {"first": said(first), "last": said(last)}


@register.filter
def days_left(moment: datetime.datetime, at: datetime.datetime) -> int:
    """Whole days from the day of `at` to the last day before `moment`: 0 on the last one."""
    return (last_day(moment) - timezone.localtime(at).date()).days


@register.filter
def paragraphs(text: str) -> SafeString:
    """Plain text as paragraphs: a blank line parts them, a single line break stays a line break.

    What people or the city wrote: marked as `as_written` is. Where moderation took words out, it is seen.
    """
    parts = [part.strip() for part in re.split(r"\n\s*\n", str(text or "").replace("\r\n", "\n"))]
    return format_html_join("\n", "<p{}>{}</p>", ((in_french(), _broken(part)) for part in parts if part))


def _broken(part: str) -> SafeString:
    said = escape(part).replace("\n", "<br>")
    return SafeString(said.replace(BLANK, f'<mark class="masked">{BLANK[1:-1]}</mark>'))


register.filter(with_links)


@register.simple_tag
def colon() -> str:
    """Before the details that only a screen reader says."""
    return f"{NO_BREAK}: " if is_french() else ": "


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
def are_of_length(errors: ErrorList) -> bool:
    """Whether nothing is wrong but how long it is: site.js sees when that is mended."""
    codes = {error.code for error in errors.as_data()}
    return bool(codes) and codes <= {"required", TextTooShort.code, TextTooLong.code}


@register.filter
def is_check(field: BoundField) -> bool:
    """A single box to tick, whose label comes after it."""
    return isinstance(field.field.widget, forms.CheckboxInput)


@register.simple_tag(name="hole", takes_context=True)
def hole_tag(context: template.Context, name: str, of: int | None = None) -> str:
    """Where a kept page says something to one person, of one thing where it has many (common.pagecache)."""
    return mark_safe(hole(name, context["request"], of))  # noqa: S308 (a marker of ours, or a template's words)


@register.simple_tag(takes_context=True)
def menu(context: template.Context, name: str) -> SafeString:
    """On kept pages made once for each address and consultation: what entries ask acts at once (common.tables)."""
    request, consultation = context["request"], context.get("city_consultation")

    def make() -> str:
        return str(get_template("common/components/_menu.html").render({"entries": shown(Menu(name), request)}))

    here = f"{request.resolver_match and request.resolver_match.url_name} {consultation.pk if consultation else 0}"
    return mark_safe(kept_fragment(request, f"menu {name} {here}", "", make))  # noqa: S308 (our templates)


@register.inclusion_tag("common/components/_grouped_menu.html", takes_context=True)
def grouped_menu(context: template.Context, name: str) -> dict[str, Any]:
    return {"groups": grouped(Menu(name), context["request"])}


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
