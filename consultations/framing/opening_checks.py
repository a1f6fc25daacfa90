"""What framing asks before a consultation opens (common.readiness).

CRPA L.131-1: participants know how it works and what follows, are informed, and have time.
"""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from common.readiness import Condition, conditions
from common.templatetags.ui import full_day
from common.worklist import Asked
from consultations.framing.abilities import FRAME, SET_UP
from consultations.framing.enums import PhaseKind
from consultations.framing.legal import Known, placeholders_left
from consultations.framing.opening_warnings import impossible_promise
from consultations.framing.selectors import challenges_of, legal_identity
from consultations.framing.services.dates import MIN_PROPOSE


@conditions(order=10)
def texts(asked: Asked) -> Iterator[Condition]:
    said = asked.consultation
    for label, text in (
        (_("Who decides is named"), said.decision_maker),
        (_("Who may answer is said"), said.who_may_answer),
        (_("What will be done with the answers is said"), said.commitment),
        (_("A contact is given"), said.contact_email),
    ):
        yield Condition(label, bool(text), _page("desk_consultation", asked), roles=FRAME.in_team)


@conditions(order=20)
def dates(asked: Asked) -> Iterator[Condition]:
    phase = asked.calendar.phase(PhaseKind.PROPOSE)
    holds, detail = False, ""
    if phase is not None and phase.opens_at and phase.closes_at:
        holds = phase.closes_at - phase.opens_at >= MIN_PROPOSE
        detail = _("Leave people at least seven days to propose.")
        planned = asked.consultation.opening_planned_at
        if phase.closes_at <= asked.at:
            holds, detail = False, _("The time to propose is over. Choose other dates.")
        elif planned and phase.closes_at <= planned:
            holds = False
            detail = _("On the day that it opens by itself the time to propose is over. Change that day, or the dates.")
    yield Condition(_("The dates are set"), holds, _page("desk_consultation", asked), detail, FRAME.in_team)


@conditions(order=25)
def promise(asked: Asked) -> Iterator[Condition]:
    """Nobody can answer what people are still writing."""
    found = impossible_promise(asked.consultation.commitment, asked.calendar)
    if found is None:
        return
    day, ends = found
    detail = _(
        "Your commitment promises answers by %(day)s; people write and vote until %(last)s. Change one of the two."
    )
    yield Condition(
        _("Your answers come after what people write"),
        False,
        _page("desk_consultation", asked),
        detail % {"day": full_day(day), "last": full_day(ends)},
        FRAME.in_team,
    )


@conditions(order=30, queries=1)
def documents(asked: Asked) -> Iterator[Condition]:
    yield Condition(
        _("What one should read is there"),
        asked.consultation.documents_none or asked.consultation.documents.exists(),
        _page("desk_documents", asked),
        _("Add a document, or say that there is none."),
        FRAME.in_team,
    )


@conditions(order=40, queries=1)
def challenges(asked: Asked) -> Iterator[Condition]:
    """Only validated ones become public: what the team has written on another would hang in the air."""
    found = challenges_of(asked.consultation)
    written_on = [each.label for each in found if each.proposal_count and not each.is_validated]
    detail = _("Read a challenge through, adapt it, then validate it.")
    if written_on:
        detail = _("Your team has proposed something there already: %(names)s. Validate it as well.") % {
            "names": ", ".join(written_on)
        }
    holds = not written_on and any(each.is_validated for each in found)
    label = _("At least one challenge is validated")
    yield Condition(label, holds, _page("desk_challenges", asked), detail, FRAME.in_team)


@conditions(order=50, queries=2)
def legal_pages(asked: Asked) -> Iterator[Condition]:
    every = placeholders_left(Known(asked.city, legal_identity(), asked.consultation))
    # What they say of the consultation is written on its own page, and is a condition of its own (`texts`).
    missing = [placeholder for placeholder in every if placeholder.url_name != "desk_consultation"]
    # What the city can mend comes first; it is sent where most of it is.
    ours = [placeholder for placeholder in missing if placeholder.url_name]
    names = ", ".join(placeholder.label for placeholder in missing)
    yield Condition(
        _("The legal notices and the page about data are complete"),
        not missing,
        reverse("desk_legal") if ours or not missing else "",
        _("Missing: %(names)s.") % {"names": names} if missing else "",
        SET_UP.in_team,
    )


def _page(name: str, asked: Asked) -> str:
    return reverse(name, args=[asked.consultation.slug])
