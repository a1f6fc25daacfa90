"""A person's copy of what moderation holds about them (common.personal)."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from accounts.models import User
from common.personal import PersonalFile, copies, leaves_out_of_copies
from consultations.moderation.models import (
    Appeal,
    Case,
    Decision,
    Delegate,
    Evidence,
    Flag,
    Original,
    Report,
    SecondLook,
)
from consultations.moderation.selectors.decisions import notified_decisions

leaves_out_of_copies(Flag, because="where the filter pointed at in a text that is in the copy")
leaves_out_of_copies(Evidence, because="kept for the authorities; the text itself is in the copy")
leaves_out_of_copies(Case, because="who has a case open at the moment, among moderators")
leaves_out_of_copies(Delegate, because="an account of the service, which nobody asks a copy of")
leaves_out_of_copies(SecondLook, because="a decision that is not taken yet; once it is, it is in the copy")


@copies(Decision, Appeal, Original, Report)
def moderated(user: User) -> Iterator[PersonalFile]:
    yield PersonalFile(
        "moderation",
        _("Moderation"),
        _("The decisions about what you wrote, what you said against them, and what you reported."),
        [
            {
                _("number"): each.number,
                _("about"): each.get_kind_display(),
                _("decision"): each.get_act_display(),
                _("rule"): f"{each.rule} ({each.reference})",
                _("facts"): each.facts,
                _("when"): each.decided_at,
                _("the text before"): "\n\n".join(original.before for original in each.originals.all()),
                _("contested"): each.appeal.words if hasattr(each, "appeal") else "",
            }
            for each in notified_decisions(user).prefetch_related("originals")
        ]
        + [
            {
                _("number"): each.number,
                _("about"): each.case.get_kind_display(),
                _("report"): each.get_reason_display(),
                _("text"): each.words,
                _("name"): each.name,
                _("e-mail address"): each.email,
                _("language"): each.language,
                _("when"): each.made_at,
                _("answered on"): each.answered_at,
            }
            for each in Report.objects.filter(reporter=user).select_related("case").order_by("pk")
        ]
        + [
            {_("number"): each.number, _("decision"): each.get_act_display(), _("taken by you on"): each.decided_at}
            for each in Decision.objects.filter(moderator=user).order_by("pk")
        ],
    )
