"""A person's copy of what concerns them in the kit (common.personal): the sheets that they had printed for the team."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from accounts.models import User
from common.personal import PersonalFile, copies, leaves_out_of_copies
from consultations.kit.models import SheetPart, SheetRun

leaves_out_of_copies(SheetPart, because="blank forms to print; who asked for them is copied with their run")


@copies(SheetRun)
def sheets(user: User) -> Iterator[PersonalFile]:
    runs = SheetRun.objects.filter(made_by=user).order_by("pk")
    if runs:
        rows = [
            {_("first sheet"): each.first, _("last sheet"): each.last, _("asked for on"): each.made_at} for each in runs
        ]
        yield PersonalFile(
            "feuilles-imprimees", _("Paper forms that you had printed"), _("As a member of the team."), rows
        )
