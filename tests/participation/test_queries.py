"""The pages of those who write, of the team and of one person's news cost the same whatever they hold.

Those that everyone reads: test_lists.py; the workshop, a person's own participation and bringing together have a test
each beside theirs.
"""

from collections.abc import Callable

from django.test import Client
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.enums import Role
from accounts.models import User
from consultations.cocreation.models import CoAuthorInvitation
from consultations.framing.enums import ModeratedBy
from consultations.framing.models import Consultation
from consultations.participation.enums import AuthorshipRole, Stance
from consultations.participation.models import Authorship, Proposal
from notifications.registry import types
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.moderation.factories import decided, reported
from tests.notifications.factories import NoticeFactory
from tests.participation.factories import ArgumentFactory, ProposalFactory, ReplyFactory, ask_to_merge
from tests.participation.test_lists import queries

# What notices of outcomes, votes, meetings and stages are about: their own tests say it.
OF_OTHERS = {"project", "official_answer", "opinion", "answer", "vote", "meeting", "phase_told"}


def grow(proposal: Proposal, author: User, rows: int) -> None:
    """So many more of everything that the pages below list."""
    for place in range(rows):
        for stance in Stance.values:
            ReplyFactory(argument=ArgumentFactory(proposal=proposal, stance=stance, reply_count=1))
        guest = ArgumentFactory(proposal=proposal).author
        CoAuthorInvitation.objects.create(proposal=proposal, user=guest, invited_by=author)
        Authorship.objects.create(proposal=proposal, user=UserFactory(), role=AuthorshipRole.CO_AUTHOR)
        kept = ProposalFactory(author__is_active=False)
        Authorship.objects.create(proposal=kept, user=UserFactory(role=Role.FACILITATOR), role=AuthorshipRole.STEWARD)
        ProposalFactory(author__is_active=False)
        merge_request = ask_to_merge(2)
        decision = decided(reported(ArgumentFactory()))
        for key, kind in types.items():
            if {each.name for each in kind.subjects} & OF_OTHERS:
                continue
            own = (
                {"subjects": {"decision": decision.pk}} if {each.name for each in kind.subjects} == {"decision"} else {}
            )
            read_at = timezone.now() if place % 2 else None
            NoticeFactory(
                user=author, type=key, challenge=kept.challenge, collective=merge_request, read_at=read_at, **own
            )


def test_the_pages_of_authors_and_of_the_team_cost_the_same_at_two_rows_and_at_ten(
    visit: Callable[..., Client], saran: Municipality
) -> None:
    with schema_context(saran.schema_name):
        author, team = UserFactory(), UserFactory(role=Role.FACILITATOR)
        Consultation.objects.update(moderated_by=ModeratedBy.MODERATORS)
        proposal = ProposalFactory(author=author)
        grow(proposal, author, 2)
        first_argument = proposal.arguments.order_by("pk")[0]
    writer, desk = visit(saran, author), visit(saran, team)
    pages = {
        f"{proposal.get_absolute_url()}arguments/pour/": writer,
        first_argument.get_absolute_url(): writer,
        f"{proposal.get_absolute_url()}atelier/avec/": writer,
        f"{proposal.get_absolute_url()}reunir/?q=fraîche": writer,
        "/nouvelles/": writer,
        "/gestion/": desk,
        "/gestion/propositions/orphelines/": desk,
        "/gestion/propositions/reunir/?q=fraîche": desk,
    }
    few = {path: queries(client, path) for path, client in pages.items()}
    with schema_context(saran.schema_name):
        grow(proposal, author, 8)
        ReplyFactory.create_batch(8, argument=first_argument)
    assert {path: queries(client, path) for path, client in pages.items()} == few
    assert max(few.values()) <= 34, few  # the week: one or two of each app that asks for something there
