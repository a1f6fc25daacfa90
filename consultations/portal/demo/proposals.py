"""One proposal of the demonstration, with all that people said of it."""

import random
from datetime import datetime, timedelta
from typing import Any

from accounts.models import User
from consultations.cocreation.enums import Consent, MergeState
from consultations.cocreation.models import MergeRequest, MergeSource
from consultations.framing.enums import PhaseKind
from consultations.framing.models import Challenge
from consultations.participation.enums import AuthorshipRole, ReactionValue, Stage, Stance
from consultations.participation.models import (
    Argument,
    Authorship,
    Proposal,
    ProposalVersion,
    Reaction,
    Reply,
    UsefulMark,
)

TEXTS = ("title", "solution", "problem", "benefit")


class WrittenProposal:
    """One entry of the file, written with its versions, arguments and reactions."""

    def __init__(self, entry: dict[str, Any], *, challenge: Challenge, people: dict[str, User], at: datetime) -> None:
        self.entry, self.challenge, self.people, self.at = entry, challenge, people, at
        # The same people react to the same proposals at every load.
        self.chance = random.Random(entry["title"])  # noqa: S311

    def write(self) -> None:
        entry = self.entry
        earlier = entry.get("earlier_versions", [])
        note = entry.get("note")
        submitted_at = self._ago(entry["days_ago"])
        reworked_at = self._ago(note["days_ago"]) if note else None
        self.proposal = Proposal.objects.create(
            challenge=self.challenge,
            author=self.people[entry["author"]],
            submitted_at=submitted_at,
            reworked_at=reworked_at,
            stage=self._stage(),
            version=len(earlier) + 1,
            **{name: entry[name] for name in TEXTS},
        )
        between = [self._ago(each["days_ago"]) for each in earlier[1:]]
        self._versions(earlier, note, [submitted_at, *between, *([reworked_at] if reworked_at else [])])
        self._arguments()
        self._reactions()

    def _stage(self) -> Stage:
        """From what happened to it; `bring_together` follows with what was."""
        if self.entry.get("earlier_versions"):
            return Stage.REWORK
        return Stage.ARGUMENTS if self.entry.get("arguments") else Stage.IDEA

    def _versions(self, earlier: list[dict[str, Any]], note: dict[str, Any] | None, moments: list[datetime]) -> None:
        texts = [*earlier, {**self.entry, "number": len(earlier) + 1}]
        notes = [each.get("note", "") if isinstance(each.get("note"), str) else "" for each in earlier]
        notes.append(note["text"] if note else "")
        ProposalVersion.objects.bulk_create(
            ProposalVersion(
                proposal=self.proposal,
                number=text["number"],
                note=said,
                created_at=moment,
                **{name: text[name] for name in TEXTS},
            )
            for text, moment, said in zip(texts, moments, notes, strict=True)
        )

    def _arguments(self) -> None:
        arguments = Argument.objects.bulk_create(
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
                verdict_at=self._answered(entry),
                verdict_by=self.proposal.author if entry.get("verdict") else None,
                taken_in=entry.get("taken_in"),
                version=self._version_at(entry["days_ago"]),
            )
            for entry in self.entry.get("arguments", [])
        )
        for argument, entry in zip(arguments, self.entry.get("arguments", []), strict=True):
            self._replies(argument, entry.get("replies", []))
            self._useful_marks(argument)

    def _answered(self, entry: dict[str, Any]) -> datetime | None:
        """With the version that took it up; of a proposal that stayed as it was, the next day."""
        if not entry.get("verdict"):
            return None
        return self._ago(self.entry["note"]["days_ago"] if "note" in self.entry else entry["days_ago"] - 1)

    def _replies(self, argument: Argument, entries: list[dict[str, Any]]) -> None:
        Reply.objects.bulk_create(
            Reply(
                argument=argument,
                author=self.people[entry["author"]],
                text=entry["text"],
                submitted_at=self._ago(entry["days_ago"]),
            )
            for entry in entries
        )

    def _useful_marks(self, argument: Argument) -> None:
        """What was taken up, or answered, had helped more people."""
        helped = self.chance.randint(4, 22) if argument.verdict else self.chance.randint(0, 9)
        others = [user for user in self.people.values() if user.pk != argument.author_id]
        UsefulMark.objects.bulk_create(
            UsefulMark(argument=argument, user=user, created_at=argument.submitted_at + timedelta(hours=1))
            for user in self.chance.sample(others, helped)
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
            self._reaction(key, value, self.chance.uniform(0.2, days)) for key, value in chosen.items()
        )

    def _reaction(self, key: str, value: ReactionValue, days: float) -> Reaction:
        """Of the version there was then; two in three people came back and confirmed it on the present one."""
        version, moment = self._version_at(days), self._ago(days)
        confirmed = version < self.proposal.version and self.chance.random() < 2 / 3
        return Reaction(
            proposal=self.proposal,
            user=self.people[key],
            value=value,
            version=self.proposal.version if confirmed else version,
            created_at=moment,
            updated_at=self.at - timedelta(hours=self.chance.uniform(1, 24)) if confirmed else moment,
        )

    def _version_at(self, days: float) -> int:
        """Which version people read that many days ago."""
        began = [each["days_ago"] for each in self.entry.get("earlier_versions", [])][1:]
        if "note" in self.entry:
            began.append(self.entry["note"]["days_ago"])
        return 1 + sum(bool(days <= since) for since in began)

    def _ago(self, days: float) -> datetime:
        hours = self.chance.uniform(-6, 6) if days >= 1 else 0
        return self.at - timedelta(days=days, hours=hours)


def bring_together(entries: list[dict[str, Any]], *, at: datetime) -> None:
    """The collective proposals, with those that they brought together and all who wrote them."""
    for entry in entries:
        parts = [each for each in entries if each.get("merged_into") == entry["title"]]
        if not parts:
            continue
        proposal = Proposal.objects.get(title=entry["title"])
        formed_at = at - timedelta(days=entry["note"]["days_ago"])
        collective = MergeRequest.objects.create(
            challenge=proposal.challenge,
            proposal=proposal,
            started_by=proposal.author,
            state=MergeState.FORMED,
            message=entry["note"]["text"],
            started_at=formed_at - timedelta(days=3),
            formed_at=formed_at,
            formed_in=PhaseKind.PROPOSE,
            **{name: entry[name] for name in TEXTS},
        )
        for part in Proposal.objects.filter(title__in=[each["title"] for each in parts]).order_by("pk"):
            MergeSource.objects.create(
                collective=collective,
                proposal=part,
                consent=Consent.AGREED,
                revision=collective.revision,
                answered_by=part.author,
                answered_at=formed_at - timedelta(days=1),
            )
            assert part.author is not None
            if part.author != proposal.author:
                Authorship.objects.get_or_create(
                    proposal=proposal,
                    user=part.author,
                    defaults={"role": AuthorshipRole.CO_AUTHOR, "since": formed_at},
                )
            Reaction.objects.filter(proposal=proposal, user=part.author).delete()
            part.merged_into, part.stage = proposal, Stage.COLLECTIVE
            part.save(update_fields=["merged_into", "stage"])
        proposal.stage = Stage.COLLECTIVE
        proposal.save(update_fields=["stage"])
