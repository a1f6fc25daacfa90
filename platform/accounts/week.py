"""What the week asks for the team itself (common.worklist)."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.abilities import MANAGE_TEAM
from accounts.selectors import able_administrators
from common.worklist import Asked, Line, When, lines


@lines(queries=1)
def one_administrator(asked: Asked) -> Iterator[Line]:
    """Somebody ill or gone must not lock a city out."""
    if len(able_administrators().order_by("pk")[:2]) != 1:
        return
    yield Line(
        kind="accounts.one_administrator",
        title=_("One person alone can administer your platform"),
        why=_("Should they be away or lose their keys, nobody can invite, close or mend anything."),
        minutes=5,
        roles=MANAGE_TEAM.in_team,
        url=reverse("desk_team"),
        verb=_("Invite a second one"),
        when=When.LATER,
    )
