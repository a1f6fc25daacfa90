"""The columns of the list of contributions that one may choose, in the page and in its sheets."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


@dataclass(frozen=True)
class Column:
    """`key`: in the address. What the contribution is and says is always there, and is no column to choose."""

    key: str
    label: Any


COLUMNS = (
    Column("de", pgettext_lazy("author", "From")),
    Column("defi", _("Challenge")),
    Column("recue", _("Received")),
    Column("avis", _("Opinions")),
    Column("etat", pgettext_lazy("of a text", "State")),
    Column("etape", _("Stage")),
    Column("reponse", _("Answer of whoever proposed")),
    Column("quartier", _("Neighbourhood")),
    Column("canal", _("How it came")),
)
# What the page shows where nobody has chosen; a sheet then has all.
USUAL = ("de", "recue", "avis", "etat")


def known_columns(keys: Iterable[str]) -> tuple[str, ...]:
    """Those that there are, once each, in the order of the list; the usual ones are none, as where nobody chose."""
    asked = set(keys)
    found = tuple(each.key for each in COLUMNS if each.key in asked)
    return () if found == USUAL else found
