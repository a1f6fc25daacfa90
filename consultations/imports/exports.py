"""A person's copy of what concerns them in imports (common.personal)."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from accounts.models import User
from common.personal import PersonalFile, copies, leaves_out_of_copies
from consultations.imports.models import Import, ImportFile, ImportPart


@copies(Import)
def imports(user: User) -> Iterator[PersonalFile]:
    own = Import.objects.filter(created_by=user).order_by("pk")
    if own:
        yield PersonalFile(
            "imports",
            _("Imports that you made"),
            _("As a member of the team."),
            [{_("files"): each.names, _("sent on"): each.created_at} for each in own],
        )


leaves_out_of_copies(ImportFile, ImportPart, because="what others wrote elsewhere, until it is imported or corrected")
