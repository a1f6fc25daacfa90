"""What the trail keeps of the library, in words (common.trail)."""

from django.utils.translation import gettext_lazy as _

from common.trail import records

records(
    {
        "library.set_created": _("Set of challenges begun"),
        "library.draft_prepared": _("Version of a set begun"),
        "library.draft_discarded": _("Draft of a set given up"),
        "library.set_published": _("Version of a set published"),
        "library.set_edited": _("Words of a set changed"),
        "library.set_withdrawn": _("Set withdrawn"),
        "library.set_offered_again": _("Set offered again"),
        "library.challenge_added": _("Challenge added to a set"),
        "library.challenge_edited": _("Challenge of a set changed"),
        "library.challenge_moved": _("Challenge of a set moved"),
        "library.challenge_removed": _("Challenge of a set removed"),
    }
)
