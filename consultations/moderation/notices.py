"""To authors: what was decided about their text. To people with an account who reported: what became of it."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from common.mine import own_page
from consultations.moderation.enums import Act, Kind
from consultations.moderation.events import decision_taken
from consultations.moderation.models import Decision, Report
from consultations.moderation.selectors.standing import with_standing, writers_under
from consultations.moderation.words import title_of
from notifications.registry import notice_type, subject
from notifications.types import About, Notification, Words


def _decisions(user: User) -> QuerySet[Decision]:
    return with_standing(Decision.objects.select_related("answers__decision"))


DECISION = subject("decision", Decision, read=_decisions)


def _to_author(decision_id: int, **kwargs: Any) -> Notification | None:
    decision = Decision.objects.filter(pk=decision_id).first()
    # That a text was kept is news to whoever contested its hiding, not to an author who knew of nothing.
    if decision is None or decision.author_id is None:
        return None
    if decision.act == Act.KEEP and not (decision.answers_id or decision.publishes):
        return None
    return Notification(
        fact=DECISION.reference(decision.pk),
        group=str(decision.pk),
        recipients={decision.author_id: {"decision": decision.pk}},
    )


@notice_type(
    "MODERATED",
    gettext_lazy("Decisions of moderation about what you wrote"),
    weight=1,
    event=decision_taken,
    notification=_to_author,
    subjects=(DECISION,),
    may_be_muted=False,
)
def _decided(about: About) -> Words:
    decision: Decision = about["decision"]
    if decision.may_be_contested and decision.answers_id:
        sentence = _("You contested a decision. Somebody else has read everything again, and upholds it.")
    elif decision.publishes and not (decision.answers_id or decision.is_restriction or decision.is_under_hidden):
        sentence = _("What you wrote was read, and is published.")
    elif decision.is_restriction or decision.kind == Kind.ACCOUNT:
        sentence = _("%(what)s. Read why, and what you can do.") % {"what": title_of(decision)}
    elif decision.is_under_hidden:
        sentence = _(
            "What you wrote is no longer hidden by itself, but what it stands under is: it comes back with it, "
            "and only then."
        )
    elif decision.answers_id:
        sentence = _("You contested a decision. It is changed: what you wrote can be read again.")
    else:
        sentence = _("What you wrote can be read again.")
    return Words(sentence, _("Read the decision"), reverse("decision", args=[decision.pk]))


def _to_those_under(decision_id: int, **kwargs: Any) -> Notification | None:
    """Whoever wrote under what was hidden, or shown again: their words went, or came back, with it."""
    decision = Decision.objects.select_related("case").get(pk=decision_id)
    return Notification(
        fact=DECISION.reference(decision.pk),
        group=str(decision.pk),
        recipients={person: {"decision": decision.pk} for person in writers_under(decision)},
    )


@notice_type(
    "HIDDEN_ALONG",
    gettext_lazy("What you wrote under something that moderation hides, or shows again"),
    weight=2,
    event=decision_taken,
    notification=_to_those_under,
    subjects=(DECISION,),
    may_be_muted=False,
)
def _along(about: About) -> Words:
    decision: Decision = about["decision"]
    if decision.act != Act.HIDE:
        sentence = _("What you wrote can be read again, with what it stands under.")
        return Words(sentence, _("See what you wrote"), own_page(), is_over=decision.is_hidden_now)
    if not decision.is_hidden_now:
        sentence = _("What you wrote was hidden with what it stands under. It can be read again.")
        return Words(sentence, _("See what you wrote"), own_page(), is_over=True)
    under: dict[str, str] = {
        Kind.PROPOSAL: _(
            "A proposal is hidden, and what you wrote there is hidden with it. It comes back with it, and only then."
        ),
        Kind.ARGUMENT: _(
            "An argument is hidden, and what you answered to it is hidden with it. It comes back with it, "
            "and only then."
        ),
    }
    return Words(under[decision.kind], _("Read what you wrote"), own_page("hidden-along-title"))


def _to_reporters(decision_id: int, **kwargs: Any) -> Notification | None:
    decision = Decision.objects.filter(pk=decision_id).first()
    if decision is None or not decision.report_count:
        return None
    answered = Report.objects.filter(case=decision.case_id, answered_at=decision.decided_at, reporter__isnull=False)
    people = answered.values_list("reporter_id", flat=True)
    return Notification(
        fact=DECISION.reference(decision.pk),
        group=str(decision.pk),
        recipients={person: {"decision": decision.pk} for person in people if person},
    )


@notice_type(
    "REPORT_ANSWERED",
    gettext_lazy("What became of what you reported"),
    weight=7,
    event=decision_taken,
    notification=_to_reporters,
    subjects=(DECISION,),
)
def _answered(about: About) -> Words:
    """What was decided and why; never what the text said."""
    return Words(outcome(about["decision"]), _("See the register"), reverse("moderation_register"))


def outcome(decision: Decision) -> str:
    """For whoever reported it: in one sentence, with the rule."""
    not_hidden = (
        _(
            "What you reported was looked at, and is not hidden by itself: %(rule)s (%(reference)s). "
            "What it stands under is."
        )
        if decision.is_under_hidden
        else ""
    )
    sentences: dict[str, str] = {
        Act.KEEP: not_hidden or _("What you reported was looked at, and stays: %(rule)s (%(reference)s)."),
        Act.RESTORE: not_hidden or _("What you reported was looked at, and stays: %(rule)s (%(reference)s)."),
        Act.REDACT: _("A passage of what you reported is hidden: %(rule)s (%(reference)s)."),
        Act.HIDE: _("What you reported is hidden: %(rule)s (%(reference)s)."),
    }
    return sentences[decision.act] % {
        "rule": decision.rule[:1].lower() + decision.rule[1:],
        "reference": decision.reference,
    }
