from typing import Any

from django.utils import timezone

from accounts.enums import Role
from accounts.models import User
from consultations.moderation.enums import Act, Kind
from consultations.moderation.models import Case, Decision
from consultations.moderation.services.deciding import decide, last_decision
from consultations.moderation.services.reporting import report
from consultations.participation.counts import recount
from consultations.participation.models import Argument, Picture, Proposal, Reply
from tests.accounts.factories import UserFactory
from tests.participation.factories import ProposalFactory

OTHER = "Regardez-le, s’il vous plaît."  # something else is said in words
_KIND = {Proposal: Kind.PROPOSAL, Argument: Kind.ARGUMENT, Reply: Kind.REPLY}


def moderator(**kwargs: Any) -> User:
    found: User = UserFactory(role=Role.MODERATOR, **kwargs)  # type: ignore[assignment]
    return found


def reported(thing: Any, **kwargs: Any) -> Case:
    """Its case, with one report. Counts are brought to what factories made, unless the city only reads."""
    if kwargs.pop("counted", True):
        recount()
    if kwargs.get("reason") == "OTHER":
        kwargs.setdefault("words", OTHER)
    given = {"kind": _KIND.get(type(thing), ""), "pk": thing.pk, "reason": "PERSONAL", "at": timezone.now(), **kwargs}
    return Case.objects.get(pk=report(**given).case_id)


def decided(case: Case, act: str = Act.HIDE, **kwargs: Any) -> Decision:
    last = last_decision(case)
    given: dict[str, Any] = {
        "ground": "PERSONAL" if act in (Act.HIDE, Act.REDACT) else "CRITICISM",
        "facts": "",
        "at": timezone.now(),
        "seen": last.pk if last else 0,
        **kwargs,
    }
    found = decide(case=case, act=act, moderator=given.pop("moderator", None) or moderator(), **given)
    assert isinstance(found, Decision)
    return found


def reported_picture_or_name(kind: str) -> Case:
    if kind == Kind.NAME:
        pk = UserFactory(public_name="Le Maire", name_key="le maire").pk
    else:
        picture = Picture.objects.create(content=b"JPEG", digest="0123456789abcdef0123", width=400, height=300)
        pk = ProposalFactory(picture=picture, picture_alt="La cour de l’école.").pk
    return Case.objects.get(pk=report(kind=kind, pk=pk, reason="OTHER", words=OTHER, at=timezone.now()).case_id)
