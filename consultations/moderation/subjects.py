"""What cases are about: where it is, who wrote it, what it says, and how it leaves and comes back."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from consultations.framing.models import Consultation
from consultations.moderation.enums import Kind
from consultations.participation.enums import Status
from consultations.participation.models import Argument, Proposal, Reply


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

    @property
    def consultation(self) -> Consultation | None:
        return self.proposal.challenge.consultation if self.proposal is not None else None

    @property
    def digest(self) -> str:
        """Of its words: another text has another."""
        return hashlib.sha256("\0".join(self.texts.values()).encode()).hexdigest()


def subject_of(kind: str, pk: int) -> Subject | None:
    """As it is now; None where there is nothing, or nothing left of it. Two queries at most."""
    return _READ[Kind(kind)](pk)


def _proposals() -> Any:
    return Proposal.objects.select_related("author", "challenge__consultation").defer("search")


def _proposal(pk: int) -> Subject | None:
    found = _proposals().filter(pk=pk).first()
    return _authored(Kind.PROPOSAL, found, found, found.texts) if found else None


def _argument(pk: int) -> Subject | None:
    found = (
        Argument.objects.select_related("author", "proposal__challenge__consultation")
        .defer("proposal__search")
        .filter(pk=pk)
        .first()
    )
    if found is None:
        return None
    return _authored(Kind.ARGUMENT, found, found.proposal, {"text": found.text, "source": found.source_title})


def _reply(pk: int) -> Subject | None:
    found = (
        Reply.objects.select_related("author", "argument__proposal__challenge__consultation")
        .defer("argument__proposal__search")
        .filter(pk=pk)
        .first()
    )
    return _authored(Kind.REPLY, found, found.argument.proposal, {"text": found.text}) if found else None


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
    )


def url_of(kind: str, row: Any, proposal: Proposal) -> str:
    """Its place on the site. Of what is hidden not even the words of its title are in the address."""
    if kind in (Kind.PROPOSAL, Kind.PICTURE):
        return reverse("proposal_short", args=[proposal.pk]) if proposal.is_hidden else proposal.get_absolute_url()
    argument = row if kind == Kind.ARGUMENT else row.argument
    page = reverse("argument", args=[proposal.pk, "-" if proposal.is_hidden else proposal.slug, argument.pk])
    return f"{page}#argument-{row.pk}" if kind == Kind.ARGUMENT else f"{page}#reply-{row.pk}"


def _picture(pk: int) -> Subject | None:
    found = _proposals().filter(pk=pk, picture__isnull=False).first()
    if found is None or found.is_removed:
        return None
    return Subject(
        kind=Kind.PICTURE,
        pk=pk,
        row=found,
        texts={"picture": found.picture_alt},
        author=found.author,
        author_name=found.author_name,
        url=url_of(Kind.PICTURE, found, found),
        proposal=found,
        is_hidden=found.picture_hidden,
        is_public=found.status == Status.PUBLISHED and not found.picture_hidden,
    )


def _name(pk: int) -> Subject | None:
    found = User.objects.filter(pk=pk, is_active=True).first()
    if found is None:
        return None
    return Subject(
        kind=Kind.NAME,
        pk=pk,
        row=found,
        texts={"name": found.public_name} if found.public_name else {},
        author=found,
        author_name=found.public_name,
        url="",
        proposal=None,
        is_hidden=not found.public_name,
        is_public=bool(found.public_name),
    )


def _account(pk: int) -> Subject | None:
    found = _name(pk)
    if found is None:
        return None
    suspended = found.row.is_suspended(timezone.now())
    return replace(found, kind=Kind.ACCOUNT, is_hidden=suspended, is_public=False)


_READ: dict[Kind, Callable[[int], Subject | None]] = {
    Kind.PROPOSAL: _proposal,
    Kind.ARGUMENT: _argument,
    Kind.REPLY: _reply,
    Kind.PICTURE: _picture,
    Kind.NAME: _name,
    Kind.ACCOUNT: _account,
}
