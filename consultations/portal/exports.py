"""A person's copy of what they have to do with the desk's week (common.personal)."""

from collections.abc import Iterator

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User
from common.personal import PersonalFile, copies
from consultations.portal.models import WorkItem


@copies(WorkItem)
def lines_of_the_week(user: User) -> Iterator[PersonalFile]:
    items = WorkItem.objects.filter(Q(assigned_to=user) | Q(handled_by=user)).order_by("pk")
    yield PersonalFile(
        "semaine",
        _("Lines of the team’s week"),
        _("Those that you have, and those that you put off, did or took up again."),
        [
            {
                _("line"): item.title,
                _("yours"): item.assigned_to_id == user.pk,
                _("since"): item.assigned_at if item.assigned_to_id == user.pk else None,
                _("put off until"): item.until if item.handled_by_id == user.pk else None,
                _("done on"): item.done_at if item.handled_by_id == user.pk else None,
            }
            for item in items
        ],
    )
