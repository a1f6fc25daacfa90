"""What the trail keeps of outcomes, in words (common.trail)."""

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from common.trail import concerns, records
from consultations.outcomes.models import Answer, Project

records(
    {
        "takeaways_written": _("What is retained of a consultation written"),
        "answers_assigned": _("Answers assigned"),
        "answer_written": _("Answer to a proposal written"),
        "answer_correction_given_up": _("Correction of a published answer given up"),
        "opinion_asked": _("Opinion of a service asked for"),
        "opinion_reminded": _("Service reminded of the opinion asked for"),
        "opinion_given": _("Opinion of a service given"),
        "opinion_taken_back": _("Request for an opinion taken back"),
        "answer_given_to_sign": _("Answer given to be signed"),
        "answer_sent_back": _("Answer given back to whoever wrote it"),
        "answer_published": _("Answer signed and published"),
        "answer_late_told": _("Why an answer is late, and its new date, told"),
        "project_made": _("Project prepared"),
        "project_changed": _("Project changed"),
        "project_published": _("Project published"),
        "project_discarded": _("Project deleted before it was published"),
        "project_moved": _("State of a project changed"),
        "milestone_changed": _("Step of a project changed"),
        "project_news_published": _("News of a project published"),
        "project_news_taken_back": _("News of a project taken back"),
        "project_followed": _("Project followed"),
        "project_unfollowed": _("Project no longer followed"),
    }
)
concerns(
    Answer,
    _("Answer to a proposal"),
    title=lambda answer: gettext("Answer to proposal no. %(number)s") % {"number": answer.proposal_id},
    link=lambda answer: reverse("proposal_short", args=[answer.proposal_id]),
)
concerns(Project, _("Project"), title=lambda project: project.title)
