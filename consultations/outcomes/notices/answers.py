"""What residents are notified of: an answer of the city, and one that has changed.

Who hears of a fact is decided here and nowhere else; the actor never does. To a collective proposal, those of the
proposals that it brings together hear of it as of their own: their pages show it.
"""

from typing import Any

from django.db.models import QuerySet
from django.urls import get_script_prefix
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from consultations.outcomes.events import answer_published
from consultations.outcomes.models import AnswerVersion
from consultations.outcomes.selectors.clock import answers_url
from consultations.participation.models import Proposal
from consultations.participation.notices import CHALLENGE, PROPOSAL, each_with_proposal, gone, page, said
from consultations.participation.selectors.audience import Audience, those_interested_in, those_who_work_on
from notifications.registry import notice_type, subject
from notifications.types import About, Notification, Words


def _versions(user: User) -> QuerySet[AnswerVersion]:
    return AnswerVersion.objects.only("decision", "is_hidden")


def _hidden(version: AnswerVersion | None) -> Words | None:
    if version is None or not version.is_hidden:
        return None
    sentence = _("There was news of an answer that moderation has hidden since.")
    return Words(sentence, _("Go to your participation"), f"{get_script_prefix()}ma-participation/", is_over=True)


ANSWER = subject("official_answer", AnswerVersion, read=_versions, gone=_hidden)


def _published(version_id: int, *, first: bool) -> tuple[AnswerVersion, list[int]] | None:
    """An answer that counts, to one that can be read, and the proposals that it is about."""
    version = AnswerVersion.objects.select_related("answer__proposal").get(pk=version_id, is_hidden=False)
    answer = version.answer
    if answer.current_id != version.pk or answer.proposal.is_hidden or (version.number == 1) is not first:
        return None
    sources = Proposal.objects.filter(merged_into=answer.proposal_id).order_by("pk").values_list("pk", flat=True)
    return version, [answer.proposal_id, *sources]


def _to_authors(version_id: int, **kwargs: Any) -> Notification | None:
    found = _published(version_id, first=True)
    return found and _notification(*found, those_who_work_on(found[1]), group=f"answer:{found[0].answer_id}")


def _to_others(version_id: int, **kwargs: Any) -> Notification | None:
    """Whoever reacted, argued or follows; authors are told by themselves. Of many answers at once, in one notice."""
    found = _published(version_id, first=True)
    if found is None:
        return None
    version, about = found
    authors = those_who_work_on(about)
    others = {who: which for who, which in those_interested_in(about).items() if who not in authors}
    challenge = Proposal.objects.select_related("challenge").get(pk=about[0]).challenge
    group = f"consultation:{challenge.consultation_id}"
    return _notification(version, about, others, group=group, challenge=challenge.pk)


def _to_all(version_id: int, **kwargs: Any) -> Notification | None:
    found = _published(version_id, first=False)
    if found is None:
        return None
    version, about = found
    everybody = those_interested_in(about) | those_who_work_on(about)
    return _notification(version, about, everybody, group=f"answer:{version.answer_id}")


def _notification(
    version: AnswerVersion, about: list[int], people: Audience, *, group: str, **more: int
) -> Notification:
    return Notification(
        fact=ANSWER.reference(version.pk),
        group=group,
        recipients=each_with_proposal(people, official_answer=version.pk, **more),
        actor_id=version.signed_by_id,
    )


def _told(about: About) -> dict[str, Any]:
    version = about["official_answer"]
    return said(about, decision=version.get_decision_display().lower() if version else _("to be read on its page"))


def _to_read(proposal: Proposal) -> str:
    return f"{page(proposal)}#reponse"


@notice_type(
    "OWN_ANSWERED",
    gettext_lazy("The authority’s answer to a proposal that you work on"),
    weight=3,
    event=answer_published,
    notification=_to_authors,
    subjects=(PROPOSAL, ANSWER),
)
def _own_answered(about: About) -> Words:
    sentence = _("Your proposal “%(title)s” has its answer: %(decision)s.") % _told(about)
    return Words(sentence, _("Read the answer"), _to_read(about["proposal"]))


@notice_type(
    "ANSWERED",
    gettext_lazy("The authority’s answers to proposals that you follow or gave your view on"),
    weight=12,
    event=answer_published,
    notification=_to_others,
    subjects=(CHALLENGE,),
)
def _answered(about: About) -> Words:
    proposal, version = about["proposal"], about["official_answer"]
    if about.count == 1 and proposal and version:
        sentence = _("The proposal “%(title)s” has its answer: %(decision)s.") % _told(about)
        words = Words(sentence, _("Read the answer"), _to_read(proposal))
        return gone(proposal) or _hidden(version) or words
    sentence = ngettext(
        "%(count)s proposal that you follow or gave your view on has its answer.",
        "%(count)s proposals that you follow or gave your view on have their answers.",
        about.count,
    )
    return Words(sentence % said(about), _("Read the answers"), answers_url(about["challenge"].consultation))


@notice_type(
    "ANSWER_CHANGED",
    gettext_lazy("An answer of the authority that has changed"),
    weight=11,
    event=answer_published,
    notification=_to_all,
    subjects=(PROPOSAL, ANSWER),
)
def _answer_changed(about: About) -> Words:
    sentence = _("The answer to “%(title)s” has changed. It is now: %(decision)s.") % _told(about)
    return Words(sentence, _("Read the answer"), _to_read(about["proposal"]))
