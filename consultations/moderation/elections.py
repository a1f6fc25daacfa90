"""Votes to come, and the months before them in which a public authority may not advertise its achievements.

Code électoral, article L. 52-1: from the first day of the sixth month before the month of the vote, until it. Dates of
votes: articles L. 192, L. 336 and L.O. 122 of the code, and the constitution, article 7.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tenants.enums import AuthorityKind

_MONTHS = 6
_EVERY = frozenset(AuthorityKind.values)


@dataclass(frozen=True)
class Vote:
    """`month`: the first day of the month in which people vote. `is_disputed`: whether the rule binds the authority's
    own communication then is for a lawyer."""

    name: Promise
    month: date
    kinds: frozenset[str]
    is_disputed: bool = False

    @property
    def begins(self) -> date:
        months = self.month.year * 12 + self.month.month - 1 - _MONTHS
        return date(months // 12, months % 12 + 1, 1)

    @property
    def ends(self) -> date:
        """The first day after it, at the latest."""
        return date(self.month.year + self.month.month // 12, self.month.month % 12 + 1, 1)


VOTES = (
    Vote(_("the presidential election of April 2027"), date(2027, 4, 1), _EVERY, is_disputed=True),
    Vote(_("the departmental elections of March 2028"), date(2028, 3, 1), frozenset({AuthorityKind.DEPARTMENT})),
    Vote(_("the regional elections of March 2028"), date(2028, 3, 1), frozenset({AuthorityKind.REGION})),
    Vote(
        _("the municipal elections of March 2032"),
        date(2032, 3, 1),
        frozenset({AuthorityKind.COMMUNE, AuthorityKind.INTERCOMMUNALITY}),
    ),
)


def votes_near(*, kind: str, on: date, ahead: timedelta = timedelta()) -> Iterator[Vote]:
    """Those whose months have begun, for this kind of authority; or begin within `ahead`, where things are planned."""
    return (vote for vote in VOTES if kind in vote.kinds and vote.begins <= on + ahead and on < vote.ends)
