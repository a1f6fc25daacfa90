"""What moderation shows on pages of participation: the way to report, and what stands where something was hidden."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.permissions import signed_in_user
from common.panels import panel, static_panel
from common.text import BLANK
from consultations.moderation.abilities import MODERATE
from consultations.moderation.elections import votes_near
from consultations.moderation.enums import Act, Kind
from consultations.moderation.models import Decision
from consultations.moderation.rules import PROMISED_HOURS
from consultations.moderation.selectors.decisions import my_decisions, suspension_of
from consultations.moderation.selectors.places import Decisions, in_place, restrictions_on
from consultations.moderation.selectors.standing import hidden_along
from consultations.participation.enums import Stance
from consultations.participation.models import Argument, Proposal, Reply

_ARGUMENT = {
    Stance.FOR.value: gettext_lazy("An argument for was hidden"),
    Stance.AGAINST.value: gettext_lazy("An argument against was hidden"),
    Stance.IMPROVE.value: gettext_lazy("An idea to improve it was hidden"),
}


_MINE = 5


@panel("mine", "moderation/resident/_mine_decisions.html", order=40, queries=1)
def decisions(request: HttpRequest, shown: Mapping[str, Any]) -> dict[str, Any] | None:
    """Those about what this person wrote."""
    found = list(my_decisions(shown["mine"].user)[: _MINE + 1])
    return {"rows": found[:_MINE], "more": len(found) > _MINE} if found else None


@panel("reaction.suspended", "moderation/resident/_suspended.html", order=10, queries=1)
def suspended(request: HttpRequest, shown: Mapping[str, Any]) -> dict[str, Any] | None:
    """In the place of what they could say of a proposal."""
    return suspension_of(signed_in_user(request), at=timezone.now())


@panel("mine", "moderation/resident/_mine_along.html", order=41, queries=3)
def hidden_with_others(request: HttpRequest, shown: Mapping[str, Any]) -> dict[str, Any] | None:
    """What this person wrote that is hidden with what it stands under."""
    found = hidden_along(shown["mine"].user)
    return {"along": found} if found else None


# ── To report ─────────────────────────────────────────────────────────────────


@panel("argument.foot", "moderation/resident/_report_link.html", order=90, queries=1)
def report_argument(request: HttpRequest, shown: Mapping[str, Any]) -> dict[str, Any]:
    argument: Argument = shown["argument"]
    return {
        "reported": ("argument", argument.pk),
        "moderate": "moderateargument",
        "reported_name": _("argument by %(author)s") % {"author": argument.author_name},
        "masked": _masked(
            request, Kind.ARGUMENT, argument, argument.proposal_id, argument.text, argument.verdict_reason
        ),
    }


@panel("reply.foot", "moderation/resident/_report_link.html", order=90, queries=1)
def report_reply(request: HttpRequest, shown: Mapping[str, Any]) -> dict[str, Any]:
    reply: Reply = shown["reply"]
    return {
        "reported": ("reponse", reply.pk),
        "moderate": "moderatereply",
        "reported_name": _("reply by %(author)s") % {"author": reply.author_name},
        "masked": _masked(request, Kind.REPLY, reply, shown["argument"].proposal_id, reply.text),
    }


@panel("answer.foot", "moderation/resident/_report_link.html", order=90, queries=1)
def report_answer(request: HttpRequest, shown: Mapping[str, Any]) -> dict[str, Any]:
    argument: Argument = shown["argument"]
    return {
        "reported": ("verdict", argument.pk),
        "moderate": "moderateanswer",
        "reported_name": _("what the authors answered"),
        "masked": _masked(request, Kind.ANSWER, argument, argument.proposal_id, argument.verdict_reason),
    }


@panel("proposal.foot", "moderation/resident/_report_proposal.html", order=90, queries=1)
def report_proposal(request: HttpRequest, shown: Mapping[str, Any]) -> dict[str, Any]:
    proposal: Proposal = shown["proposal"]
    return {
        "reported": ("proposition", proposal.pk),
        "moderate": "moderateproposal",
        "reported_name": "",
        "masked": _masked(request, Kind.PROPOSAL, proposal, proposal.pk, *proposal.texts.values()),
    }


@panel("version.foot", "moderation/resident/_report_version.html", order=90, queries=1)
def report_version(request: HttpRequest, shown: Mapping[str, Any]) -> dict[str, Any]:
    proposal, version = shown["proposal"], shown["version"]
    said = (*version.texts.values(), version.note)
    return {"masked": _masked(request, Kind.PROPOSAL, proposal, proposal.pk, *said)}


def _masked(request: HttpRequest, kind: Kind, row: Any, proposal: int, *texts: str) -> Decision | None:
    """Why a passage of it is missing."""
    if not any(BLANK in text for text in texts):
        return None
    return _restrictions(request, proposal).get((kind, row.pk, Act.REDACT))


# ── What is hidden ────────────────────────────────────────────────────────────


@panel("argument.hidden", "moderation/resident/_hidden.html", order=10, queries=1)
def hidden_argument(request: HttpRequest, shown: Mapping[str, Any]) -> dict[str, Any]:
    argument: Argument = shown["argument"]
    return {
        **_hidden(request, Kind.ARGUMENT, argument.pk, getattr(argument, "proposal_id", None)),
        "what": _ARGUMENT[argument.stance],
        "replies": getattr(argument, "reply_count", 0),
    }


@panel("answer.hidden", "moderation/resident/_hidden.html", order=10, queries=1)
def hidden_answer(request: HttpRequest, shown: Mapping[str, Any]) -> dict[str, Any]:
    argument: Argument = shown["argument"]
    hidden = _hidden(request, Kind.ANSWER, argument.pk, argument.proposal_id)
    return {**hidden, "what": _("What the authors answered was hidden"), "replies": 0}


@panel("reply.hidden", "moderation/resident/_hidden.html", order=10, queries=1)
def hidden_reply(request: HttpRequest, shown: Mapping[str, Any]) -> dict[str, Any]:
    hidden = _hidden(request, Kind.REPLY, shown["reply"].pk, shown["argument"].proposal_id)
    return {**hidden, "what": _("A reply was hidden"), "replies": 0}


@panel("proposal.hidden", "moderation/resident/_hidden_proposal.html", order=10, queries=1)
def hidden_proposal(request: HttpRequest, shown: Mapping[str, Any]) -> dict[str, Any]:
    pk = shown["proposal"].pk
    return {**_hidden(request, Kind.PROPOSAL, pk, pk), "what": _("The text was hidden"), "replies": 0}


@panel("picture.hidden", "moderation/resident/_hidden_picture.html", order=10, queries=1)
def hidden_picture(request: HttpRequest, shown: Mapping[str, Any]) -> dict[str, Any]:
    pk = shown["shown"].pk
    return {**_hidden(request, Kind.PICTURE, pk, pk), "what": _("The picture was hidden"), "replies": 0}


def _hidden(request: HttpRequest, kind: Kind, pk: int, proposal: int | None) -> dict[str, Any]:
    return in_place(kind, pk, _restrictions(request, proposal).get((kind, pk, Act.HIDE)) if proposal else None)


def _restrictions(request: HttpRequest, proposal: int) -> Decisions:
    """Once a request, however many things are hidden on its page."""
    kept: dict[int, Decisions] = request.__dict__.setdefault("_restrictions", {})
    if proposal not in kept:
        kept[proposal] = restrictions_on(proposal)
    return kept[proposal]


# ── The team's desk ───────────────────────────────────────────────────────────


@panel("week.notice", "moderation/backoffice/_elections.html", order=30)
def elections(request: HttpRequest, shown: Mapping[str, Any]) -> dict[str, Any] | None:
    """In the months before a vote: what the law asks for. To those who publish for the city."""
    tenant = request.tenant  # type: ignore[attr-defined]
    if signed_in_user(request).role not in MODERATE.in_team:
        return None
    today = timezone.localdate()
    votes = list(votes_near(kind=tenant.kind, on=today))
    return {"votes": votes, "today": today} if votes else None


# ── By delegation ─────────────────────────────────────────────────────────────

static_panel("consultation.moderation", "moderation/backoffice/_delegation.html", order=10)


@panel("consultation.moderation", "moderation/components/_delays.html", order=5)
@panel("charter.reporting", "moderation/components/_delays.html", order=10)
def delays(request: HttpRequest, shown: Mapping[str, Any]) -> dict[str, Any]:
    """How soon somebody looks at what is reported: what whoever reports is promised (moderation.rules)."""
    illegal, personal, other = PROMISED_HOURS
    return {"illegal": illegal, "personal": personal, "other": other}
