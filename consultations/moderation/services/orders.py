"""An order to remove terrorist content: obeyed within the hour, by whoever of the city is there.

Règlement (UE) 2021/784, article 3: one hour from its receipt; article 6: what is removed is kept for six months.
"""

import re
from datetime import datetime
from urllib.parse import urlsplit

from django.db import transaction
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _

from accounts.models import User
from common.languages import split
from common.text import Words
from consultations.moderation.enums import Act, Kind
from consultations.moderation.models import Decision
from consultations.moderation.rules import CHILDREN_DELAY
from consultations.moderation.services.deciding import decide, last_decision
from consultations.moderation.services.refusals import NoSuchPlace
from consultations.moderation.services.reporting import locked_case
from consultations.moderation.subjects import Subject, subject_of

ORDER_REFERENCE = Words(3, 200, one_line=True)
_REPLY = re.compile(r"reply-(\d{1,18})")


def obey(*, address: str, reference: str, moderator: User, at: datetime) -> Decision:
    """Hide what stands at an address of this platform, whatever was decided about it before. Hidden already: again.

    Raises NoSuchPlace, TextTooShort, TextTooLong, and what `decide` raises.
    """
    reference = ORDER_REFERENCE.cleaned(reference)
    with transaction.atomic():
        subject = subject_at(address)
        case = locked_case(subject.kind, subject.pk, subject.consultation, at=at, delay=CHILDREN_DELAY)
        last = last_decision(case)
        decision = decide(
            case=case,
            act=Act.HIDE,
            ground="TERRORISM",
            facts=_("A removal order of an authority: %(reference)s.") % {"reference": reference},
            moderator=moderator,
            at=at,
            seen=last.pk if last else 0,
            order_reference=reference,
        )
    assert isinstance(decision, Decision)
    return decision


def subject_at(address: str) -> Subject:
    """What the address of a page, or of a place on it, names. Raises NoSuchPlace."""
    try:
        place = urlsplit(address.strip())
        match = resolve(split(place.path)[1])
    except (ValueError, Resolver404) as nothing:
        raise NoSuchPlace from nothing
    reply = _REPLY.fullmatch(place.fragment)
    if reply:
        kind, pk = Kind.REPLY, int(reply[1])
    elif match.url_name == "argument":
        kind, pk = Kind.ARGUMENT, match.kwargs["argument"]
    elif match.url_name in ("proposal", "proposal_short"):
        kind, pk = Kind.PROPOSAL, match.kwargs["pk"]
    else:
        raise NoSuchPlace
    found = subject_of(kind, pk)
    if found is None:
        raise NoSuchPlace
    return found
