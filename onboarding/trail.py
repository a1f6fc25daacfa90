"""What the trail keeps of sign-ups and the making of platforms, in words (common.trail)."""

from django.utils.translation import gettext_lazy as _

from common.trail import records

records(
    {
        "terms_accepted": _("Terms accepted"),
        "signed_up": _("Sign-up confirmed"),
        "platform_asked_for": _("Platform asked for"),
        "provisioning_retried": _("Making of the platform tried again"),
        "provisioning_cancelled": _("Making of the platform cancelled"),
        "provisioning_rolled_back": _("Unfinished platform removed"),
    }
)
