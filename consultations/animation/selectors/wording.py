"""The words of notices: one sentence and its one action, for each kind."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.templatetags.ui import figure
from common.text import shortened
from consultations.animation.enums import NoticeKind
from consultations.participation.enums import Consent, MergeState, Status, Verdict
from consultations.participation.models import Argument, Proposal

QUOTED = 200  # letters


@dataclass(frozen=True)
class Words:
    """What happened, what one can do, and where (a path of the city); perhaps what somebody wrote.

    `is_over`: it was settled, taken back or hidden since. The site says so; nobody is written to about it.
    """

    sentence: str
    action: str
    target: str
    quote: str = ""
    is_over: bool = False


def words_of(notice: Any) -> Words:
    """Of a notice as `selectors.notices` reads it. Asks the database nothing."""
    for proposal in (notice.proposal, notice.collective and notice.collective.proposal):
        if proposal is not None and proposal.status == Status.HIDDEN and not _speaks_of_many(notice):
            return Words(
                _("There was news of a proposal that moderation has hidden since."),
                _("Go to its page"),
                _page(proposal),
                is_over=True,
            )
        if proposal is not None and proposal.status == Status.REMOVED and not _speaks_of_many(notice):
            return Words(
                _("There was news of a proposal whose author has left since, with what they had written."),
                _("Go to its page"),
                _page(proposal),
                is_over=True,
            )
    return _WORDS[NoticeKind(notice.kind)](notice)


def _speaks_of_many(notice: Any) -> bool:
    """Then its sentence names no proposal."""
    return (notice.kind == NoticeKind.NEW_PROPOSAL and notice.count > 1) or notice.kind == NoticeKind.DATES_CHANGED


def _who(notice: Any) -> str:
    return (notice.actor and notice.actor.signed_name) or _("Somebody")


def _page(proposal: Proposal) -> str:
    # Of a hidden one not even the words of its address.
    if proposal.status == Status.HIDDEN:
        return reverse("proposal_short", args=[proposal.pk])
    return proposal.get_absolute_url()


def _slug(proposal: Proposal) -> str:
    return slugify(proposal.title)[:80] or "proposition"


def _said(notice: Any, **more: Any) -> dict[str, Any]:
    return {
        "who": _who(notice),
        "count": figure(notice.count),
        "title": notice.proposal.title if notice.proposal else "",
        "collective": notice.collective.title if notice.collective else "",
        **more,
    }


def _new_proposal(notice: Any) -> Words:
    said = _said(notice, challenge=notice.challenge.label)
    if notice.count == 1 and notice.proposal:
        sentence = _("%(who)s proposes “%(title)s”, in the challenge %(challenge)s.") % said
        return Words(sentence, _("Read this proposal"), _page(notice.proposal))
    sentence = ngettext(
        "%(count)s new proposal in the challenge %(challenge)s.",
        "%(count)s new proposals in the challenge %(challenge)s.",
        notice.count,
    )
    target = f"{notice.challenge.get_absolute_url()}?tri=recentes#propositions"
    return Words(sentence % said, _("See the new proposals"), target)


def _new_argument(notice: Any) -> Words:
    if notice.count == 1:
        sentence = _("%(who)s gave an argument on “%(title)s”.") % _said(notice)
    else:
        sentence = ngettext(
            "%(count)s new argument on “%(title)s”.", "%(count)s new arguments on “%(title)s”.", notice.count
        ) % _said(notice)
    target = reverse("workshop", args=[notice.proposal.pk, _slug(notice.proposal)])
    # Nobody answers any more where the proposal has become part of another.
    action = _("Read the arguments") if notice.proposal.merged_into_id else _("Read and say what you make of it")
    return Words(sentence, action, target)


def _argument(notice: Any) -> str:
    """Its own page, wherever it stands in its column."""
    page, argument = _page(notice.proposal), notice.argument
    if argument is None:
        return page
    place = [notice.proposal.pk, _slug(notice.proposal), argument.pk]
    return reverse("argument", args=place)


def _argument_answered(notice: Any) -> Words:
    by_verdict: dict[str, str] = {
        Verdict.TAKEN: _("%(who)s takes up your argument on “%(title)s”."),
        Verdict.PARTLY: _("%(who)s takes up a part of your argument on “%(title)s”."),
        Verdict.NOT_TAKEN: _("%(who)s does not take up your argument on “%(title)s”, and says why."),
    }
    thinking = _("%(who)s is thinking again about your argument on “%(title)s”.")
    sentence = by_verdict.get(notice.argument.verdict, thinking) if notice.argument else thinking
    quote = _reason(notice.argument)
    return Words(sentence % _said(notice), _("Read the answer"), _argument(notice), quote, is_over=sentence == thinking)


def _reason(argument: Argument | None) -> str:
    """In the author's words, as far as a glance goes; of what moderation has hidden since, nothing."""
    if argument is None or argument.status != Status.PUBLISHED or not argument.verdict:
        return ""
    return shortened(argument.verdict_reason, QUOTED)


def _new_reply(notice: Any) -> Words:
    own = bool(notice.argument) and notice.argument.author_id == notice.user_id
    if notice.count == 1:
        sentence = (
            _("%(who)s replied to your argument on “%(title)s”.")
            if own
            else _("%(who)s replied in a discussion where you wrote, on “%(title)s”.")
        )
    elif own:
        sentence = ngettext(
            "%(count)s reply to your argument on “%(title)s”.",
            "%(count)s replies to your argument on “%(title)s”.",
            notice.count,
        )
    else:
        sentence = ngettext(
            "%(count)s new reply in a discussion where you wrote, on “%(title)s”.",
            "%(count)s new replies in a discussion where you wrote, on “%(title)s”.",
            notice.count,
        )
    action = ngettext("Read the reply", "Read the replies", notice.count)
    return Words(sentence % _said(notice), action, _argument(notice))


def _new_version(notice: Any) -> Words:
    proposal = notice.proposal
    said = _said(notice, version=figure(proposal.version))
    if notice.has_helped:
        sentence = _("“%(title)s” has a new version, and it takes up an argument of yours.") % said
    else:
        sentence = ngettext(
            "“%(title)s” has a new version: number %(version)s.",
            "“%(title)s” has %(count)s new versions: the present one is number %(version)s.",
            notice.count,
        ) % said  # fmt: skip
    if notice.reacted_to and notice.reacted_to < proposal.version and not proposal.merged_into_id:
        sentence += " " + _("Your reaction is about an earlier text.")
        return Words(sentence, _("See what changes and confirm"), f"{_page(proposal)}#reaction")
    versions = reverse("proposal_versions", args=[proposal.pk, _slug(proposal)])
    return Words(sentence, _("See what changes"), versions)


def _coauthor_invited(notice: Any) -> Words:
    invitation, page = notice.invitation, _page(notice.proposal)
    if invitation is None or (invitation.answered_at and invitation.accepted is None):
        sentence = _("%(who)s had invited you to work on “%(title)s”, and took the invitation back.")
        return Words(sentence % _said(notice), _("Read this proposal"), page, is_over=True)
    sentence = _("%(who)s invites you to work on “%(title)s”.") % _said(notice)
    if invitation.answered_at or notice.proposal.merged_into_id:
        return Words(sentence, _("Read this proposal"), page, is_over=True)
    return Words(sentence, _("Read and answer"), reverse("invitation", args=[invitation.pk]))


def _coauthor_answered(notice: Any) -> Words:
    if notice.invitation and notice.invitation.accepted:
        sentence = _("%(who)s now works on “%(title)s” with you.")
    else:
        sentence = _("%(who)s will not work on “%(title)s” with you.")
    return Words(sentence % _said(notice), _("Go to its page"), _page(notice.proposal))


def _stewardship(notice: Any) -> Words:
    sentence = _("%(who)s, of the team of this consultation, now takes care of “%(title)s”.")
    return Words(sentence % _said(notice), _("Read this proposal"), _page(notice.proposal))


def _merge_asked(notice: Any) -> Words:
    page = _page(notice.proposal)
    if notice.collective.state != MergeState.ASKING:
        sentence = _("%(who)s had proposed to bring “%(title)s” together with others. This is settled.")
        return Words(sentence % _said(notice), _("Read this proposal"), page, is_over=True)
    sentence = _("%(who)s proposes to bring “%(title)s” together with others. Your consent is asked.") % _said(notice)
    # Answered meanwhile, by them or by who writes with them.
    is_over = notice.consent not in (None, Consent.ASKED)
    return Words(sentence, _("Read and answer"), reverse("merge", args=[notice.collective.pk]), is_over=is_over)


def _merge_answered(notice: Any) -> Words:
    sentence = {
        Consent.AGREED: _("%(who)s agrees that “%(title)s” becomes a part of “%(collective)s”."),
        Consent.DECLINED: _("%(who)s declines that “%(title)s” becomes a part of “%(collective)s”."),
    }.get(notice.consent, _("%(who)s is asked anew about “%(title)s”, for “%(collective)s”."))
    target = reverse("merge", args=[notice.collective.pk])
    return Words(sentence % _said(notice), _("See where it stands"), target)


def _merged(notice: Any) -> Words:
    collective = notice.collective
    target = _page(collective.proposal) if collective.proposal else _page(notice.proposal)
    if collective.state != MergeState.FORMED:
        sentence = _("“%(title)s” had become a part of “%(collective)s”. That was undone since.")
        return Words(sentence % _said(notice), _("Read this proposal"), _page(notice.proposal), is_over=True)
    if notice.works_there:
        sentence = _("“%(title)s”, which you work on, is now a part of “%(collective)s”.")
        return Words(sentence % _said(notice), _("Read the collective proposal"), target)
    sentence = _(
        "“%(title)s” is now a part of “%(collective)s”. Your support was not carried over: "
        "read the new text, and say whether you support it."
    )
    return Words(sentence % _said(notice), _("Read it and react"), f"{target}#reaction")


def _merge_undone(notice: Any) -> Words:
    if notice.collective.proposal_id == notice.proposal_id:
        sentence = _("The collective proposal “%(collective)s” was undone. The proposals it came from are open again.")
        return Words(sentence % _said(notice), _("Go to its page"), _page(notice.proposal))
    sentence = _("The collective proposal “%(collective)s” was undone: “%(title)s” goes its own way again.")
    return Words(sentence % _said(notice), _("Read this proposal"), _page(notice.proposal))


def _dates_changed(notice: Any) -> Words:
    consultation = notice.challenge.consultation
    sentence = _("The dates of the consultation “%(title)s” have changed.") % {"title": consultation.title}
    return Words(sentence, _("See the dates"), consultation.get_absolute_url())


_WORDS: dict[NoticeKind, Callable[[Any], Words]] = {
    NoticeKind.NEW_PROPOSAL: _new_proposal,
    NoticeKind.NEW_ARGUMENT: _new_argument,
    NoticeKind.ARGUMENT_ANSWERED: _argument_answered,
    NoticeKind.NEW_REPLY: _new_reply,
    NoticeKind.NEW_VERSION: _new_version,
    NoticeKind.COAUTHOR_INVITED: _coauthor_invited,
    NoticeKind.COAUTHOR_ANSWERED: _coauthor_answered,
    NoticeKind.STEWARDSHIP: _stewardship,
    NoticeKind.MERGE_ASKED: _merge_asked,
    NoticeKind.MERGE_ANSWERED: _merge_answered,
    NoticeKind.MERGED: _merged,
    NoticeKind.MERGE_UNDONE: _merge_undone,
    NoticeKind.DATES_CHANGED: _dates_changed,
}
