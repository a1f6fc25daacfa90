"""The demonstration's other consultations: from others.toml one in the archives and one that is being prepared, from
running.toml one of which people choose now."""

import tomllib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

from accounts.models import User
from consultations.framing.models import Consultation
from consultations.framing.services.challenges import add_challenge
from consultations.framing.services.consultations import schedule_phases, update_consultation
from consultations.framing.services.preparing import prepare_empty
from consultations.participation.counts import recount
from consultations.portal.demo.framing import frame_together
from consultations.portal.demo.outcomes import write_outcomes
from consultations.portal.demo.proposals import WrittenProposal, bring_together
from consultations.portal.demo.voting import hold_a_vote, open_a_vote
from tenants.models import Municipality


def write_others(people: dict[str, User], *, municipality: Municipality, at: datetime) -> None:
    content = tomllib.loads((Path(__file__).parent / "others.toml").read_text())
    _past(content["past"], people, municipality=municipality, at=at)
    _running(people, municipality=municipality, at=at)
    _prepared(content["prepared"], municipality=municipality, at=at)


def _past(entry: dict[str, Any], people: dict[str, User], *, municipality: Municipality, at: datetime) -> None:
    past = _written(entry, people, municipality=municipality, at=at)
    hold_a_vote(past)
    Consultation.objects.filter(pk=past.pk).update(archived_at=at - timedelta(days=20))
    recount()
    write_outcomes(past, at=at)


def _running(people: dict[str, User], *, municipality: Municipality, at: datetime) -> None:
    content = tomllib.loads((Path(__file__).parent / "running.toml").read_text())
    running = _written(content["running"], people, municipality=municipality, at=at)
    open_a_vote(running, content)
    recount()


def _written(
    entry: dict[str, Any], people: dict[str, User], *, municipality: Municipality, at: datetime
) -> Consultation:
    """As its people left it when the time to propose ended."""
    challenges, proposals = entry.pop("challenges"), entry.pop("proposals")
    today = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    ended = today - timedelta(days=entry.pop("closed_days_ago"))
    began = ended - timedelta(days=entry.pop("days_open"))
    title, question = entry.pop("title"), entry.pop("question")
    made = prepare_empty(municipality=municipality, actor=None, title=title, question=question, at=began)
    schedule_phases(consultation=made, opens_at=began, closes_at=ended)
    of_code = {}
    for each in challenges:
        code = each.pop("code")
        of_code[code] = add_challenge(consultation=made, actor=None, **each)
    made.challenges.update(validated_at=began, published_at=began)
    for each in proposals:
        WrittenProposal(each, challenge=of_code[each["challenge"]], people=people, at=ended).write()
    bring_together(proposals, at=ended)
    Consultation.objects.filter(pk=made.pk).update(opened_at=began, **entry)
    return made


def _prepared(entry: dict[str, Any], *, municipality: Municipality, at: datetime) -> None:
    """Two of its three challenges are still to be validated."""
    challenges, framing = entry.pop("challenges"), entry.pop("framing")
    opens_at = timezone.localtime(at + timedelta(days=entry.pop("opens_in_days"))).replace(
        hour=9, minute=0, second=0, microsecond=0
    )
    dates = {"opens_at": opens_at, "closes_at": opens_at + timedelta(days=entry.pop("days_open"))}
    title, question = entry.pop("title"), entry.pop("question")
    new = prepare_empty(municipality=municipality, actor=None, title=title, question=question, at=at)
    update_consultation(consultation=new, actor=None, dates=dates, at=at, **entry)
    made = [add_challenge(consultation=new, actor=None, **each) for each in challenges]
    frame_together(framing, consultation=new, challenges=made, municipality=municipality, at=at)
