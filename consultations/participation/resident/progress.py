"""A proposal's stages from an idea to a project, and what helps it now: composed from what its page has read."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.templatetags.ui import day, figure, last_day, spelled
from common.time_zones import named
from consultations.framing.enums import PhaseKind, PhaseState
from consultations.framing.models import Calendar, Consultation, Phase
from consultations.participation.enums import Stage, Status
from consultations.participation.models import COUNT_OF_REACTION, CURRENT_COUNT_OF_REACTION, Proposal
from consultations.participation.open_now import open_now
from consultations.participation.selectors.page import ProposalPage

# Fewer have too little to say against it for its silence to be a gap.
ONE_SIDED = 2


@dataclass(frozen=True)
class Help:
    """What helps now, said to whoever reads, and where to do it; in a closed phase, what happens next."""

    text: str
    action: str = ""
    url: str = ""
    is_for_now: bool = True
    shows_close: bool = False


def stations(page: ProposalPage) -> list[dict[str, Any]]:
    """The five stages as the journey component shows them: one that was passed over is not done."""
    stages = list(Stage)
    now = stages.index(Stage(page.proposal.stage))
    notes = _notes(page)
    reached = _reached(page)
    return [
        {
            "label": stage.label,
            "state": "now" if place == now else ("done" if place < now and stage in reached else "next"),
            "note": notes.get(stage, ""),
            # What became of it is for a higher app to say.
            "slot": "proposal.journey" if stage == Stage.PROJECT == page.proposal.stage else "",
        }
        for place, stage in enumerate(stages)
    ]


def _reached(page: ProposalPage) -> set[Stage]:
    """The stages that it went through, by what happened."""
    happened = {
        Stage.IDEA: True,
        Stage.ARGUMENTS: page.proposal.argument_count > 0,
        Stage.REWORK: page.proposal.version > 1,
        Stage.COLLECTIVE: page.brought_together,
    }
    return {stage for stage, did in happened.items() if did}


def _notes(page: ProposalPage) -> dict[Stage, str]:
    proposal = page.proposal
    notes = {Stage.IDEA: day(proposal.submitted_at)}
    if given := proposal.argument_count:
        said = ngettext("%(count)s given", "%(count)s given", given) % {"count": figure(given)}
        if page.taken:
            taken = ngettext("%(count)s taken up", "%(count)s taken up", page.taken) % {"count": figure(page.taken)}
            said = f"{said}, {taken}"
        notes[Stage.ARGUMENTS] = said
    if proposal.version > 1:
        said = _("version %(version)s, %(day)s") % {"version": proposal.version, "day": day(proposal.reworked_at)}
        notes[Stage.REWORK] = said.rstrip(", ")
    return notes


def what_helps(page: ProposalPage) -> Help | None:
    """The one thing that helps most; None where nothing can be said."""
    proposal, calendar = page.proposal, page.calendar
    if proposal.status != Status.PUBLISHED:
        return None
    if proposal.merged_into_id:
        return Help(
            _("This idea lives on in a collective proposal: people react and argue there."),
            _("Go to the collective proposal"),
            reverse("proposal_short", args=[proposal.merged_into_id]),
        )
    if calendar.may_argue and page.is_settled:
        return _argue(page, _("It has its answer. You can still say here what you think of it."))
    if calendar.may_argue:
        return _open_to_arguments(page)
    if calendar.may_react:
        return Help(
            open_now(calendar),
            _("Give my opinion"),
            "#reaction",
        )
    return _next(page)


def _open_to_arguments(page: ProposalPage) -> Help:
    proposal = page.proposal
    if not proposal.argument_count:
        return _argue(page, _("A first argument, even a short one: what would it change for you?"))
    if not proposal.against_count and proposal.argument_count >= ONE_SIDED:
        return _argue(page, _("Nobody has said what could get in the way. Do you see something?"))
    if not proposal.for_count and proposal.argument_count >= ONE_SIDED:
        return _argue(page, _("Nobody has said what speaks for it. Do you see something?"))
    if page.close:
        words = ngettext(
            "An idea close to this one exists. Should the two be brought together?",
            "%(count)s ideas close to this one exist. Should they be brought together?",
            len(page.close),
        )
        count = spelled(len(page.close)).capitalize()
        return Help(words % {"count": count}, shows_close=True)
    if has_left_opinions_behind(proposal):
        return Help(
            _("The text changed on %(day)s. Read what changed, then say whether your opinion is still the same.")
            % {"day": day(proposal.reworked_at)},
            _("Read what changed"),
            f"{proposal.get_absolute_url()}versions/",
        )
    waiting = proposal.argument_count - page.answered
    if waiting > 0 and proposal.author_id:  # somebody who can answer: imported authors have no account
        words = ngettext(
            "%(count)s argument has no answer from the author yet. Say which ones you find useful.",
            "%(count)s arguments have no answer from the author yet. Say which ones you find useful.",
            waiting,
        )
        return Help(words % {"count": figure(waiting)}, _("Read the arguments"), "#arguments")
    if not proposal.improve_count:
        return _argue(page, _("An idea that answers the arguments against: what would you change in the text?"))
    return _argue(page, _("Something you have lived, a figure, a condition: whatever is not in the arguments yet."))


def _argue(page: ProposalPage, text: str) -> Help:
    return Help(text, _("Give an argument"), f"{page.proposal.get_absolute_url()}?argumenter#argumenter")


def has_left_opinions_behind(proposal: Proposal) -> bool:
    return (
        proposal.version > 1
        and proposal.reworked_at is not None
        and proposal.current_reaction_count < proposal.reaction_count
    )


def looks_left_behind(proposal: Proposal) -> Callable[[], bool] | None:
    """What finds whether it still has; None while its text is the first: it cannot."""
    counts = {*COUNT_OF_REACTION.values(), *CURRENT_COUNT_OF_REACTION.values(), "version", "reworked_at"}
    row = Proposal.objects.filter(pk=proposal.pk).only(*counts)
    return (lambda: any(map(has_left_opinions_behind, row.all()))) if proposal.version > 1 else None


def _next(page: ProposalPage) -> Help | None:
    """What a closed phase prepares."""
    calendar = page.calendar
    if not calendar.takes_writing:
        return None
    now, coming = calendar.now, _coming(calendar)
    until = _until(now.closes_at) if now and now.closes_at else ""
    if now and now.kind == PhaseKind.ANSWER:
        return _promised(page.consultation, until)
    if now and now.kind == PhaseKind.FOLLOW:
        return Help(_("The consultation is over. Everything that was written stays here to be read."), is_for_now=False)
    if coming and coming.opens_at:
        text = _("Next comes the phase “%(phase)s”, on %(day)s.") % {
            "phase": coming.get_kind_display(),
            "day": day(coming.opens_at),
        }
        return Help(text, _("How it works"), reverse("how_it_works"), is_for_now=False)
    return None


def _promised(consultation: Consultation, until: str) -> Help | None:
    """While the city prepares its answers: what it committed itself to, in its own words."""
    said = _("The city’s commitment: %(words)s") % {"words": consultation.commitment} if consultation.commitment else ""
    words = " ".join(filter(None, (until, said)))
    return Help(words, is_for_now=False) if words else None


def _coming(calendar: Calendar) -> Phase | None:
    return next((phase for phase in calendar.phases if phase.state(calendar.at) == PhaseState.NEXT), None)


def _until(moment: datetime) -> str:
    return _("This phase lasts until %(day)s.") % {"day": named(day(last_day(moment)))}
