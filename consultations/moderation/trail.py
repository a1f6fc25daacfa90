"""What the trail keeps of moderation, in words (common.trail)."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common.trail import concerns, happens_to, records
from consultations.moderation.models import Case, Decision
from consultations.moderation.selectors.decisions import my_decisions
from consultations.moderation.words import title_of

records(
    {
        "moderation_decided": _("Decision of moderation"),
        "moderation_undone": _("Decision of moderation cancelled at once"),
        "moderation_second_asked": _("Second person asked for a decision of moderation"),
        "evidence_read": _("Evidence for the authorities read"),
        "city_words_changed": _("Words of the authority’s own filter changed"),
        "delegate_entered": _("The service’s team came in to moderate, by delegation"),
        "delegate_came_to_frame": _("The service’s team came in to help frame"),
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
concerns(
    Decision,
    _("Decision of moderation"),
    title=lambda decision: decision.number,
    link=lambda decision: reverse("desk_case", args=[decision.case_id]),
)
# Of what moderation does, authors read the decisions that they are told of: not what is cancelled at once, nor that a
# text was reported and kept.
happens_to(
    Decision,
    "moderation_decided",
    rows=my_decisions,
    address=lambda decision: reverse("decision", args=[decision.pk]),
    title=title_of,
)
