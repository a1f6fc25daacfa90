"""What the trail keeps of moderation, in words (common.trail)."""

from django.utils.translation import gettext_lazy as _

from common.trail import concerns, records
from consultations.moderation.models import Case, Decision

records(
    {
        "moderation_decided": _("Decision of moderation"),
        "moderation_undone": _("Decision of moderation cancelled at once"),
        "moderation_second_asked": _("Second person asked for a decision of moderation"),
        "evidence_read": _("Evidence for the authorities read"),
        "city_words_changed": _("Words of the authority’s own filter changed"),
        "delegate_entered": _("The service’s team came in to moderate, by delegation"),
    }
)
records(
    {
        "reported": _("Contribution reported"),
        "appealed": _("Decision of moderation contested"),
    },
    private=True,
)
concerns(Case, _("Moderation file"), address="desk_case")
concerns(Decision, _("Decision of moderation"))
