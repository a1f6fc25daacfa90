"""The demonstration city's consultation, from saran.toml. Invented people; the texts were written for it."""

import random
import tomllib
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import transaction

from accounts.models import User
from consultations.framing.models import Challenge, Consultation
from consultations.framing.selectors import legal_identity
from consultations.framing.services import open_consultation, schedule_phases
from consultations.framing.services.challenges import validate_challenge
from consultations.framing.services.documents import add_document
from consultations.framing.services.legal import update_legal_identity
from consultations.participation.counts import recount
from consultations.participation.enums import ReactionValue, Stance
from consultations.participation.models import Argument, Proposal, ProposalVersion, Reaction
from tenants.models import Municipality

_CONTENT = Path(__file__).parent / "saran.toml"
_TEXTS = ("title", "solution", "problem", "benefit")


def fill(*, municipality: Municipality, at: datetime) -> bool:
    """Fill the present city as if its consultation had been going on for weeks. False: there was something already."""
    content = tomllib.loads(_CONTENT.read_text())
    with transaction.atomic():
        if Proposal.objects.exists():
            return False
        consultation = _consultation(content["consultation"], at=at)
        people = {person["key"]: _person(person, at=at) for person in content["people"]}
        challenges = {each["code"]: _challenge(consultation, each) for each in content["challenges"]}
        for entry in content["proposals"]:
            _Proposal(entry, challenge=challenges[entry["challenge"]], people=people, at=at).write()
        recount()
        _make_ready(content, consultation=consultation, at=at)
        open_consultation(consultation=consultation, municipality=municipality, actor=None, at=at)
    return True


def _consultation(entry: dict[str, Any], *, at: datetime) -> Consultation:
    consultation = Consultation.objects.get(is_current=True)
    opens, left = timedelta(days=entry.pop("days_open")), timedelta(days=entry.pop("days_left"))
    for name, value in entry.items():
        setattr(consultation, name, value)
    consultation.created_at = at - opens - timedelta(days=60)
    consultation.save()
    schedule_phases(consultation=consultation, opens_at=at - opens, closes_at=at + left)
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
        public_name=entry["name"],
        quality=entry["quality"],
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


class _Proposal:
    """One entry of the file, written with its versions, arguments and reactions."""

    def __init__(self, entry: dict[str, Any], *, challenge: Challenge, people: dict[str, User], at: datetime) -> None:
        self.entry, self.challenge, self.people, self.at = entry, challenge, people, at
        # The same people react to the same proposals at every load.
        self.chance = random.Random(entry["title"])  # noqa: S311

    def write(self) -> None:
        entry = self.entry
        earlier = entry.get("earlier_versions", [])
        note = entry.get("note")
        self.proposal = Proposal.objects.create(
            challenge=self.challenge,
            author=self.people[entry["author"]],
            submitted_at=self._ago(entry["days_ago"]),
            reworked_at=self._ago(note["days_ago"]) if note else None,
            stage=entry["stage"],
            version=len(earlier) + 1,
            **{name: entry[name] for name in _TEXTS},
        )
        self._versions(earlier, note)
        self._arguments()
        self._reactions()

    def _versions(self, earlier: list[dict[str, Any]], note: dict[str, Any] | None) -> None:
        texts = [*earlier, {**self.entry, "number": len(earlier) + 1}]
        moments = [each["days_ago"] for each in earlier] + [note["days_ago"] if note else self.entry["days_ago"]]
        notes = [each.get("note", "") if isinstance(each.get("note"), str) else "" for each in earlier]
        notes.append(note["text"] if note else "")
        ProposalVersion.objects.bulk_create(
            ProposalVersion(
                proposal=self.proposal,
                number=text["number"],
                note=said,
                created_at=self._ago(days),
                **{name: text[name] for name in _TEXTS},
            )
            for text, days, said in zip(texts, moments, notes, strict=True)
        )

    def _arguments(self) -> None:
        Argument.objects.bulk_create(
            Argument(
                proposal=self.proposal,
                author=self.people[entry["author"]],
                stance=entry["stance"],
                kind=entry.get("kind", ""),
                part=entry.get("part", ""),
                text=entry["text"],
                source_url=entry.get("source_url", ""),
                submitted_at=self._ago(entry["days_ago"]),
                verdict=entry.get("verdict", ""),
                verdict_reason=entry.get("reason", ""),
                taken_in=entry.get("taken_in"),
            )
            for entry in self.entry.get("arguments", [])
        )

    def _reactions(self) -> None:
        """Those who argued reacted accordingly, as far as the totals go; others make them up."""
        left = {
            ReactionValue.LIKE: self.entry["likes"],
            ReactionValue.MIXED: self.entry["mixed"],
            ReactionValue.DISLIKE: self.entry["dislikes"],
        }
        leaning = {
            Stance.FOR: ReactionValue.LIKE,
            Stance.IMPROVE: ReactionValue.MIXED,
            Stance.AGAINST: ReactionValue.DISLIKE,
        }
        argued = {entry["author"]: leaning[Stance(entry["stance"])] for entry in self.entry.get("arguments", [])}
        others = [key for key in self.people if key != self.entry["author"] and key not in argued]
        self.chance.shuffle(others)
        chosen: dict[str, ReactionValue] = {}
        for key, value in argued.items():
            if left[value]:
                chosen[key] = value
                left[value] -= 1
        for value, count in left.items():
            for _unused in range(min(count, len(others))):
                chosen[others.pop()] = value
        days = self.entry["days_ago"]
        Reaction.objects.bulk_create(
            Reaction(
                proposal=self.proposal,
                user=self.people[key],
                value=value,
                version=self.proposal.version,
                created_at=(moment := self._ago(self.chance.uniform(0.2, days))),
                updated_at=moment,
            )
            for key, value in chosen.items()
        )

    def _ago(self, days: float) -> datetime:
        hours = self.chance.uniform(-6, 6) if days >= 1 else 0
        return self.at - timedelta(days=days, hours=hours)
