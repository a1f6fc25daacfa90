"""What cases are about: where it is, who wrote it, what it says, and how it leaves and comes back."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import CharField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from consultations.cocreation.models import HeldVersion, MergeRequest
from consultations.framing.models import Consultation
from consultations.moderation.enums import Kind
from consultations.moderation.kinds import KINDS_ABOVE
from consultations.moderation.models import Original
from consultations.participation.enums import Status
from consultations.participation.models import Argument, Picture, Proposal, ProposalVersion, Reply

# As addresses say it. A name is reported by what it stands under: nobody is known by a number.
KINDS = {
    "proposition": Kind.PROPOSAL,
    "argument": Kind.ARGUMENT,
    "reponse": Kind.REPLY,
    "verdict": Kind.ANSWER,
    "reponse-officielle": Kind.OFFICIAL,
    "image": Kind.PICTURE,
}


@dataclass(frozen=True)
class Subject:
    """One text, picture or name, as it is now."""

    kind: Kind
    pk: int
    row: Any
    texts: dict[str, str]  # what moderators read, part by part
    author: User | None
    author_name: str
    url: str
    proposal: Proposal | None  # that it is, or stands under
    is_hidden: bool
    is_public: bool  # by itself: what hangs on something hidden is
    is_held: bool = False  # it waits to be published
    was_refused: bool = False  # hidden while it waited
    signed_at: datetime | None = None  # what is published by signing it

    @property
    def consultation(self) -> Consultation | None:
        return self.proposal.challenge.consultation if self.proposal is not None else None

    @property
    def is_under_hidden(self) -> bool:
        """Whether something that it hangs on is hidden: it is nowhere then, and comes back with it."""
        above = [self.proposal] if self.kind in (Kind.ARGUMENT, Kind.PICTURE, Kind.OFFICIAL) else []
        above += [self.proposal, self.row.argument] if self.kind == Kind.REPLY else []
        above += [self.proposal, self.row] if self.kind == Kind.ANSWER else []
        return any(each is not None and each.is_hidden for each in above)

    @property
    def picture(self) -> Picture | None:
        """That moderators look at with it: what it is, or what waits with a proposal."""
        shows = self.kind == Kind.PICTURE or (self.kind == Kind.PROPOSAL and self.is_held)
        return self.row.picture if shows else None

    @property
    def digest(self) -> str:
        """Of its words: another text has another."""
        return digest_of("\0".join(self.texts.values()))

    @property
    def published_at(self) -> datetime | None:
        found = self.row.verdict_at if self.kind == Kind.ANSWER else getattr(self.row, "submitted_at", None)
        return self.signed_at or found


def digest_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


KIND_OF: dict[type[Any], Kind] = {
    Proposal: Kind.PROPOSAL,
    Argument: Kind.ARGUMENT,
    Reply: Kind.REPLY,
    HeldVersion: Kind.VERSION,
}


def subject_of(kind: str, pk: int) -> Subject | None:
    """As it is now; None where there is nothing, or nothing left of it. Two queries at most."""
    return subjects_of([(kind, pk)]).get((kind, pk))


def subjects_of(wanted: Iterable[tuple[str, int]]) -> dict[tuple[str, int], Subject]:
    """Of many, those that there are: two queries at most for each kind."""
    by_kind: dict[str, list[int]] = {}
    for kind, pk in wanted:
        by_kind.setdefault(Kind(kind), []).append(pk)
    read = ((kind, found) for kind, pks in by_kind.items() for found in _reader(kind)(pks))
    return {(kind, found.pk): found for kind, found in read if found is not None}


Found = Iterator["Subject | None"]


def _proposals(pks: list[int]) -> Any:
    found = Proposal.objects.select_related("author", "challenge__consultation", "picture").defer(
        "search", "picture__content"
    )
    return found.filter(pk__in=pks).order_by("pk")


def _of_proposals(pks: list[int]) -> Found:
    """And what is public beside its four parts: where it is about, what its last version changed, why it was undone."""
    last = ProposalVersion.objects.filter(proposal=OuterRef("pk"), number=OuterRef("version")).values("note")
    undone = MergeRequest.objects.filter(proposal=OuterRef("pk")).values("ended_reason")
    for each in _proposals(pks).annotate(note=Subquery(last), undone=Subquery(undone)):
        beside = {"place": each.neighbourhood, "note": each.note or "", "undone": each.undone or ""}
        found = _authored(Kind.PROPOSAL, each, each, {**each.texts, **beside})
        yield found and replace(found, is_public=each.status in (Status.PUBLISHED, Status.WITHDRAWN))


def all_texts(subject: Subject) -> dict[str, str]:
    """Its texts and, of a proposal, those that stand in earlier versions alone, the last first: "2.solution", "2.note".

    One query more.
    """
    found = dict(subject.texts)
    if subject.kind != Kind.PROPOSAL or subject.row.version == 1:
        return found
    known = set(found.values())
    for each in subject.row.versions.filter(number__lt=subject.row.version).order_by("-number"):
        for part, text in (*each.texts.items(), ("note", each.note)):
            if text and text not in known:
                known.add(text)
                found[f"{each.number}.{part}"] = text
    return found


def _of_arguments(pks: list[int]) -> Found:
    found = Argument.objects.select_related("author", "proposal__challenge__consultation").defer("proposal__search")
    for each in found.filter(pk__in=pks).order_by("pk"):
        yield _authored(Kind.ARGUMENT, each, each.proposal, _of_argument(each))


_LABELS = {
    "solution": gettext_lazy("The solution"),
    "problem": gettext_lazy("The problem"),
    "benefit": gettext_lazy("The benefit"),
    "source": gettext_lazy("The source"),
    "address": gettext_lazy("The address of the source"),
    "place": gettext_lazy("The neighbourhood"),
    "note": gettext_lazy("What changed, in the words of the authors"),
    "undone": gettext_lazy("Why it was undone"),
    "picture": gettext_lazy("The description of the picture"),
    "own_words": gettext_lazy("What is said of this proposal alone"),
    "reasons": gettext_lazy("The reasons"),
    "competent": gettext_lazy("Who decides on it"),
    "change": gettext_lazy("What changed in the answer"),
}


def label_of(name: str) -> str:
    """Of a part of a text, whichever version it is in; empty for what needs none."""
    return str(_LABELS.get(name.rpartition(".")[2], ""))


def originals_in(subject: Subject) -> QuerySet[Original]:
    """What was taken out of it, as it stood there and in its versions."""
    found = Q(table=subject.row._meta.db_table, row=str(subject.row.pk))
    if subject.kind == Kind.PROPOSAL:
        versions = subject.row.versions.annotate(key=Cast("pk", CharField())).values("key")
        found |= Q(table=ProposalVersion._meta.db_table, row__in=versions)
    return Original.objects.filter(found)


# Of an argument: where somebody says where it can be read.
SOURCE_PARTS = frozenset({"source", "address"})


def _of_argument(argument: Argument) -> dict[str, str]:
    return {"text": argument.text, "source": argument.source_title, "address": argument.source_url}


def _of_replies(pks: list[int]) -> Found:
    found = Reply.objects.select_related("author", "argument__author", "argument__proposal__challenge__consultation")
    for each in found.defer("argument__proposal__search").filter(pk__in=pks).order_by("pk"):
        yield _authored(Kind.REPLY, each, each.argument.proposal, {"text": each.text})


def _of_answers(pks: list[int]) -> Found:
    """Why authors took an argument up, or did not: theirs, not of who gave the argument. It outlives its words."""
    found = Argument.objects.select_related("verdict_by", "proposal__challenge__consultation").defer("proposal__search")
    for each in found.filter(pk__in=pks).exclude(verdict_reason="").order_by("pk"):
        by = each.verdict_by
        yield Subject(
            kind=Kind.ANSWER,
            pk=each.pk,
            row=each,
            texts={"answer": each.verdict_reason},
            author=by,
            author_name=(by.public_name or _("A participant")) if by is not None else _("A former participant"),
            url=url_of(Kind.ARGUMENT, each, each.proposal),
            proposal=each.proposal,
            is_hidden=each.verdict_hidden,
            is_public=each.status in (Status.PUBLISHED, Status.REMOVED) and not each.verdict_hidden,
        )


def _of_versions(pks: list[int]) -> Found:
    """While they wait, and those that were refused."""
    found = HeldVersion.objects.select_related("author", "proposal__challenge__consultation").filter(pk__in=pks)
    for each in found.defer("proposal__search").order_by("pk"):
        yield _authored(Kind.VERSION, each, each.proposal, {**each.texts, "note": each.note})


def _authored(kind: Kind, row: Any, proposal: Proposal, texts: dict[str, str]) -> Subject | None:
    if row.is_removed:
        return None
    return Subject(
        kind=kind,
        pk=row.pk,
        row=row,
        texts={part: text for part, text in texts.items() if text},
        author=row.author,
        author_name=row.author_name,
        url=url_of(kind, row, proposal),
        proposal=proposal,
        is_hidden=row.is_hidden,
        is_public=row.status == Status.PUBLISHED,
        is_held=row.is_held,
        was_refused=row.was_refused,
    )


def url_of(kind: str, row: Any, proposal: Proposal) -> str:
    """Its place on the site. Of what is hidden not even the words of its title are in the address."""
    if kind in (Kind.PROPOSAL, Kind.PICTURE, Kind.VERSION):
        return reverse("proposal_short", args=[proposal.pk]) if proposal.is_hidden else proposal.get_absolute_url()
    argument = row if kind == Kind.ARGUMENT else row.argument
    page = reverse("argument", args=[proposal.pk, "-" if proposal.is_hidden else proposal.slug, argument.pk])
    return f"{page}#argument-{row.pk}" if kind == Kind.ARGUMENT else f"{page}#reply-{row.pk}"


def _of_pictures(pks: list[int]) -> Found:
    for found in _proposals(pks).filter(picture__isnull=False):
        if found.is_removed:
            continue
        yield Subject(
            kind=Kind.PICTURE,
            pk=found.pk,
            row=found,
            texts={"picture": found.picture_alt},
            author=found.author,
            author_name=found.author_name,
            url=url_of(Kind.PICTURE, found, found),
            proposal=found,
            is_hidden=found.picture_hidden,
            is_public=found.status == Status.PUBLISHED and not found.picture_hidden,
        )


def _of_names(pks: list[int]) -> Found:
    for found in User.objects.filter(pk__in=pks, is_active=True).order_by("pk"):
        yield Subject(
            kind=Kind.NAME,
            pk=found.pk,
            row=found,
            texts={"name": found.public_name} if found.public_name else {},
            author=found,
            author_name=found.public_name,
            url="",
            proposal=None,
            is_hidden=not found.public_name,
            is_public=bool(found.public_name),
        )


def _of_accounts(pks: list[int]) -> Found:
    now = timezone.now()
    for found in _of_names(pks):
        assert found is not None
        yield replace(found, kind=Kind.ACCOUNT, is_hidden=found.row.is_suspended(now), is_public=False)


def _reader(kind: str) -> Callable[[list[int]], Found]:
    return KINDS_ABOVE[kind].read if kind in KINDS_ABOVE else _READ[Kind(kind)]


_READ: dict[Kind, Callable[[list[int]], Found]] = {
    Kind.PROPOSAL: _of_proposals,
    Kind.ARGUMENT: _of_arguments,
    Kind.REPLY: _of_replies,
    Kind.ANSWER: _of_answers,
    Kind.PICTURE: _of_pictures,
    Kind.VERSION: _of_versions,
    Kind.NAME: _of_names,
    Kind.ACCOUNT: _of_accounts,
}
