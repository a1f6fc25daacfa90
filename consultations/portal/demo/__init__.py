"""The demonstration city's consultation, from saran.toml. Invented people; the texts were written for it."""

import tomllib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.mailboxes import mailbox_of
from accounts.models import User
from accounts.names import key_of
from common.events import announce
from common.languages import other_languages
from common.outbox import enqueue
from consultations.framing.models import Challenge, Consultation
from consultations.framing.selectors import legal_identity
from consultations.framing.services.challenges import validate_challenge
from consultations.framing.services.consultations import schedule_phases
from consultations.framing.services.documents import add_document
from consultations.framing.services.languages import offer_languages
from consultations.framing.services.legal import update_legal_identity
from consultations.framing.services.opening import open_consultation
from consultations.opendata.tasks import build_soon
from consultations.participation.counts import recount
from consultations.participation.models import Proposal
from consultations.portal.demo.campaigns import show_campaigns
from consultations.portal.demo.contacts import show_contacts
from consultations.portal.demo.figures import set_out_figures
from consultations.portal.demo.imports import import_what_was_held_before
from consultations.portal.demo.kit import show_the_kit
from consultations.portal.demo.meetings import show_meetings
from consultations.portal.demo.moderation import moderate, write_what_is_reported
from consultations.portal.demo.offline import some_came_offline
from consultations.portal.demo.others import write_others
from consultations.portal.demo.proposals import WrittenProposal, bring_together
from consultations.portal.demo.reactions import publish_what_brings_together, write_reactions
from consultations.portal.demo.synthesis import compose_a_synthesis
from consultations.portal.demo.webhooks import show_a_webhook
from consultations.portal.events import demonstration_filled
from tenants.models import Municipality

_CONTENT, _MORE = (Path(__file__).parent / name for name in ("saran.toml", "ecologie.toml"))


def fill(*, municipality: Municipality, at: datetime) -> bool:
    """Fill the present city as if its consultation had been going on for weeks. False: there was something already."""
    content = tomllib.loads(_CONTENT.read_text())
    content["proposals"] += tomllib.loads(_MORE.read_text())["proposals"]
    with transaction.atomic():
        if Proposal.objects.exists():
            return False
        consultation = _consultation(content["consultation"], at=at)
        people = {person["key"]: _person(person, at=at) for person in content["people"]}
        challenges = {each["code"]: _challenge(consultation, each) for each in content["challenges"]}
        for entry in content["proposals"]:
            WrittenProposal(entry, challenge=challenges[entry["challenge"]], people=people, at=at).write()
        bring_together(content["proposals"], at=at)
        write_what_is_reported(people, at=at)
        write_reactions(consultation, at=at)
        some_came_offline(consultation, at=at)
        recount()
        _make_ready(content, consultation=consultation, at=at)
        offer_languages(municipality=municipality, codes=other_languages(), actor=None)
        open_consultation(consultation=consultation, municipality=municipality, actor=None, at=at)
        moderate(at=at)
        write_others(people, municipality=municipality, at=at)
        publish_what_brings_together(consultation, at=at)
        set_out_figures(consultation, at=at)
        show_a_webhook(municipality=municipality, at=at)
        show_campaigns(at=at)
        show_contacts(at=at)
        show_the_kit(at=at)
        show_meetings(consultation, at=at)
        import_what_was_held_before(at=at)
        enqueue(compose_a_synthesis)
        enqueue(build_soon)
        announce(demonstration_filled, at=at)
    return True


def _consultation(entry: dict[str, Any], *, at: datetime) -> Consultation:
    consultation = Consultation.objects.get(is_current=True)
    opens, left = timedelta(days=entry.pop("days_open")), timedelta(days=entry.pop("days_left"))
    for name, value in entry.items():
        setattr(consultation, name, value)
    consultation.created_at = at - opens - timedelta(days=60)
    consultation.save()
    today = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    schedule_phases(consultation=consultation, opens_at=today - opens, closes_at=today + left)
    return consultation


def _make_ready(content: dict[str, Any], *, consultation: Consultation, at: datetime) -> None:
    """What opening asks for beside the consultation itself."""
    for entry in content["documents"]:
        add_document(consultation=consultation, actor=None, at=at, **{"url": "", "text": "", **entry})
    for challenge in consultation.challenges.order_by("position", "pk"):
        validate_challenge(challenge=challenge, actor=None, revision=challenge.revision, at=at)
    update_legal_identity(actor=None, revision=legal_identity().revision, at=at, **content["legal"])


def _person(entry: dict[str, Any], *, at: datetime) -> User:
    user = User(
        email=f"{entry['key']}@demo.example",
        mailbox=mailbox_of(f"{entry['key']}@demo.example"),
        public_name=entry["name"],
        name_key=key_of(entry["name"]),
        capacity=entry["capacity"],
        age_band=entry.get("age_band", ""),
        neighbourhood=entry.get("neighbourhood", ""),
        created_at=at - timedelta(days=36),
        last_login=at - timedelta(days=1),
    )
    user.set_unusable_password()
    user.save()
    return user


def _challenge(consultation: Consultation, entry: dict[str, Any]) -> Challenge:
    challenge: Challenge = consultation.challenges.get(slug=entry["code"])
    for name in ("question", "summary", "why", "figures", "on_table", "off_table"):
        setattr(challenge, name, entry[name])
    challenge.save()
    return challenge
