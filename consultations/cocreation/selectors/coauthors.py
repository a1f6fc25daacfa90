"""Writing with others: who may be asked, who was; and the proposals that nobody works on any more."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from accounts.mailboxes import mailbox_of
from accounts.models import User
from consultations.cocreation.models import CoAuthorInvitation
from consultations.participation.enums import AuthorshipRole, Status
from consultations.participation.models import WRITTEN_HERE, Authorship, Proposal

INVITATION_HOLDS = timedelta(days=30)
# To choose from by name: whoever argued most comes first.
_PEOPLE_MAX = 200
PER_PAGE = 20


def is_open(invitation: CoAuthorInvitation, *, at: datetime) -> bool:
    """Whether it can be answered: not answered, not taken back, not older than thirty days."""
    return invitation.answered_at is None and at < invitation.created_at + INVITATION_HOLDS


def is_invited(invitation: CoAuthorInvitation, *, user: User) -> bool:
    """Whether the invitation is the user's: by account, or by an address that they proved."""
    if invitation.user_id is not None:
        return invitation.user_id == user.pk
    return mailbox_of(invitation.email) == mailbox_of(user.email)


def to_mailbox(email: str) -> Q:
    """Invitations to an address, however it is written. Those of earlier releases know only the address."""
    return Q(user=None) & (Q(mailbox=mailbox_of(email)) | Q(email__iexact=email))


def invitation_for(*, key: UUID, user: User) -> CoAuthorInvitation | None:
    """An invitation as the invited person reads it; anybody else's is none."""
    found = (
        CoAuthorInvitation.objects.select_related("invited_by", "proposal__author", "proposal__challenge__consultation")
        .filter(pk=key, proposal__status=Status.PUBLISHED)
        .first()
    )
    return found if found is not None and is_invited(found, user=user) else None


@dataclass(frozen=True)
class Contributors:
    """Those who work on a proposal, those who were asked to, and those who could be."""

    co_authors: list[Authorship]
    pending: list[CoAuthorInvitation]
    people: list[User]


def contributors_of(*, proposal: Proposal, at: datetime) -> Contributors:
    """Three queries."""
    working = list(
        Authorship.objects.select_related("user")
        .filter(proposal=proposal, role=AuthorshipRole.CO_AUTHOR)
        .order_by("since", "pk")
    )
    pending = list(
        CoAuthorInvitation.objects.select_related("user", "invited_by")
        .filter(proposal=proposal, answered_at=None, created_at__gt=at - INVITATION_HOLDS)
        .order_by("-created_at", "pk")
    )
    asked = {invitation.user_id for invitation in pending if invitation.user_id}
    return Contributors(working, pending, [person for person in _people(proposal) if person.pk not in asked])


def _people(proposal: Proposal) -> list[User]:
    """Those who argued on it and do not work on it, by how much they wrote."""
    said = Q(arguments__proposal=proposal, arguments__status=Status.PUBLISHED)
    return list(
        User.objects.filter(said, is_active=True)
        .exclude(pk=proposal.author_id or 0)
        .exclude(public_name="")
        .exclude(Exists(Authorship.objects.filter(proposal=proposal, user=OuterRef("pk"))))
        .annotate(arguments_here=Count("arguments", filter=said))
        .order_by("-arguments_here", "public_name", "pk")[:_PEOPLE_MAX]
    )


# ── In the place of an author who left ────────────────────────────────────────


def left_alone() -> QuerySet[Proposal]:
    """The published proposals whose author has left, without a co-author or a facilitator who takes care of them."""
    at_work = Authorship.objects.at_work().filter(proposal=OuterRef("pk"))
    # The few who are gone are looked up once, instead of each proposal's author.
    gone = User.objects.filter(is_active=False).order_by().values("pk")
    return (
        Proposal.objects.published()
        .filter(Q(author=None) | Q(author__in=gone), ~Exists(at_work), merged_into=None)
        .select_related("challenge__consultation")
        .without_texts()
    )


@dataclass(frozen=True)
class OrphanPage:
    """A page of proposals left alone, those of the other kind counted, and those that this person takes care of.

    Of those, `waiting` is how many arguments have no answer yet.
    """

    page: Page[Proposal]
    imported: bool
    own_count: int
    imported_count: int
    kept: list[Proposal]


def proposals_alone(*, user: User, imported: bool, page: int | str) -> OrphanPage:
    """Those begun here, or those imported or given offline, whose authors never had an account here: four queries."""
    counts = left_alone().aggregate(own=Count("pk", filter=WRITTEN_HERE), imported=Count("pk", filter=~WRITTEN_HERE))
    shown = left_alone().filter(~WRITTEN_HERE if imported else WRITTEN_HERE).order_by("-submitted_at", "-pk")
    kept = (
        Proposal.objects.published()
        .filter(authorships__user=user, authorships__role=AuthorshipRole.STEWARD)
        .select_related("challenge__consultation", "author")
        .without_texts()
        .annotate(waiting=Count("arguments", filter=Q(arguments__status=Status.PUBLISHED, arguments__verdict="")))
        .order_by("-authorships__since", "-pk")
    )
    return OrphanPage(
        Paginator(shown, PER_PAGE).get_page(page), imported, counts["own"], counts["imported"], list(kept)
    )


def takes_care_of_some(user: User) -> bool:
    """Whether they take care of a proposal in the place of its author."""
    return Authorship.objects.filter(user=user, role=AuthorshipRole.STEWARD).exists()
