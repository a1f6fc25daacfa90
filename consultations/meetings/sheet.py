"""The attendance sheet: names in the order of the alphabet, a box to sign, lines for those who just come."""

from pathlib import Path

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from common import typeset
from common.city import present_city
from consultations.meetings.enums import Place
from consultations.meetings.models import Meeting
from consultations.meetings.words import when

_TEMPLATE = (Path(__file__).parent / "sheet.typ").read_bytes()
_BLANK_LINES = 15


def sheet_pdf(meeting: Meeting) -> bytes:
    """Accessible. No address and no number: the sheet lies on a table, where everybody reads it."""
    names = meeting.people.filter(place=Place.SEATED).values_list("name", flat=True)
    city = present_city()
    content = {
        "title": meeting.title,
        "city": city.name if city else "",
        "lang": (get_language() or "fr")[:2],
        "when": when(meeting.begins_at, meeting.ends_at),
        "where": meeting.where,
        "head": [_("Name"), _("Signature")],
        "rows": sorted(names, key=str.casefold),
        "blank": _BLANK_LINES,
        "others": _("Who came without having signed up"),
        "foot": _("To count who came. Destroyed with the list, two months after the meeting."),
    }
    return typeset.pdf(_TEMPLATE, content)
