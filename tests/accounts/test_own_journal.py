"""What was done to what is one's own: nothing of others', nothing that moderation keeps to itself."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.audit import record
from accounts.enums import Role
from accounts.journal import PAGE
from accounts.models import User
from accounts.own_journal import own_journal
from accounts.services import appoint
from common.trail import labels, owned
from consultations.cocreation.models import MergeRequest
from consultations.cocreation.services.coauthors import remove_coauthor
from consultations.framing.enums import ModeratedBy
from consultations.framing.models import Consultation
from consultations.moderation.enums import Act
from consultations.moderation.models import Case, Decision
from consultations.moderation.services.deciding import announce_decision
from consultations.participation.enums import AuthorshipRole
from consultations.participation.models import Argument, Proposal, Reply
from rest.models import Token
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.moderation.factories import decided, reported
from tests.participation.factories import (
    ArgumentFactory,
    AuthorshipFactory,
    ProposalFactory,
    ReplyFactory,
    ask_to_merge,
)

ADDRESS = "/compte/journal/"
READ: dict[type[Any], set[str]] = {
    User: {
        *("role_given", "team_joined", "team_role_changed", "team_function_changed", "team_removed"),
        *("sign_in_link_made", "second_factor_changed", "second_factor_taken_away", "recovery_code_used"),
        *("address_change_asked", "address_change_cancelled", "address_changed", "address_change_undone"),
        *("erasure_asked", "own_data_copied", "coauthor_was_removed"),
    },
    Proposal: {
        *("proposal_mended", "version_published", "proposal_left", "coauthor_joined", "coauthor_removed"),
        *("stewardship_taken", "stewardship_given_back", "collective_formed", "collective_undone"),
    },
    MergeRequest: {"merge_started", "merge_reworded", "merge_given_up"},
    Argument: {"argument_answered"},
    Reply: set(),
    Case: set(),
    Decision: {"moderation_decided"},
    Token: {"api_key_made", "api_key_revoked"},
}


def told(user: User) -> list[tuple[str, str]]:
    return [(line.who, line.what) for line in own_journal(user).lines]


@pytest.fixture
def in_saran(in_saran: Municipality) -> Municipality:
    """With moderators of its own."""
    Consultation.objects.update(moderated_by=ModeratedBy.MODERATORS)
    return in_saran


def things_of(user: User) -> list[Any]:
    """One of each kind, of theirs."""
    proposal = ProposalFactory(author=user)
    merge_request = ask_to_merge()
    AuthorshipFactory(proposal=merge_request.sources.first().proposal, user=user, role=AuthorshipRole.CO_AUTHOR)
    argument = ArgumentFactory(author=user)
    case = reported(argument)
    decision = decided(case)
    announce_decision(decision_id=decision.pk)
    token = Token.objects.create(user=user, name="Le site", expires_at=timezone.now())
    return [user, proposal, merge_request, argument, ReplyFactory(author=user), case, decision, token]


def test_of_all_that_is_ever_recorded_people_read_this_and_of_their_own_things_alone(in_saran: Municipality) -> None:
    user, stranger = UserFactory(), UserFactory()
    kinds = {kind.label for kind in owned}
    assert kinds <= {model._meta.label_lower for model in READ}
    things = things_of(user)
    before = len(told(user))
    for thing in things:
        made = {record(label, actor=None, subject=thing).at: label for label in labels}
        assert {made[at] for at in _moments_of(user, since=min(made))} == READ[type(thing)], type(thing)
    assert told(stranger) == []
    assert len(told(user)) == min(PAGE, before + sum(map(len, READ.values())))


def _moments_of(user: User, *, since: datetime) -> list[datetime]:
    """Of every line of their journal, page after page, until one that is older."""
    moments: list[datetime] = []
    page = own_journal(user)
    while True:
        found = [line.at for line in page.lines if line.at >= since]
        moments += found
        if len(found) < len(page.lines) or not page.older:
            return moments
        page = own_journal(user, before=page.older)


def test_who_did_it_is_a_role_and_a_name_only_of_whoever_acts_for_the_authority_in_public(
    in_saran: Municipality,
) -> None:
    author, other = UserFactory(), UserFactory(public_name="Corneille")
    facilitator = UserFactory(role=Role.FACILITATOR, public_name="Sittelle")
    gone = appoint(email="ancien@example.org", role=Role.FACILITATOR, actor=facilitator)
    proposal = ProposalFactory(author=author)
    for actor in (facilitator, other, author, None, gone):
        record("stewardship_taken", actor=actor, subject=proposal)
    record("team_role_changed", actor=facilitator, subject=author)
    record("address_change_undone", actor=None, subject=author)
    appoint(email="ancien@example.org", role=Role.PARTICIPANT, actor=facilitator)
    assert [who for who, _what in told(author)] == [
        "Quelqu’un qui lit les courriels de votre adresse d’avant",
        "Animation",
        "Quelqu’un de l’équipe",
        settings.SERVICE_NAME,
        "Vous",
        "Une autre personne qui écrit la proposition",
        "Sittelle (équipe de la collectivité)",
    ]


def test_who_is_no_longer_a_co_author_reads_it_and_nothing_more_of_the_proposal(in_saran: Municipality) -> None:
    author, other = UserFactory(), UserFactory()
    proposal = ProposalFactory(author=author)
    AuthorshipFactory(proposal=proposal, user=other, role=AuthorshipRole.CO_AUTHOR)
    remove_coauthor(proposal=proposal, by=author, user_id=other.pk, at=timezone.now())
    record("version_published", actor=author, subject=proposal)
    assert told(other) == [
        ("Une autre personne qui écrit la proposition", "Fin de votre part à une proposition écrite à plusieurs")
    ]


def test_of_moderation_they_read_what_they_are_told_of(in_saran: Municipality) -> None:
    author = UserFactory()
    proposal = ProposalFactory(author=author)
    case = reported(proposal, reporter=UserFactory(public_name="Corneille"))
    kept = decided(case, Act.KEEP)
    announce_decision(decision_id=kept.pk)
    assert told(author) == [], "that it was reported and kept is nobody's news"
    hidden = decided(case, Act.HIDE)
    assert told(author) == [], "it can still be cancelled"
    announce_decision(decision_id=hidden.pk)
    (line,) = own_journal(author).lines
    assert (line.who, line.about) == ("Modération", "Votre proposition est masquée")
    assert line.url == f"/moderation/decisions/{hidden.pk}/"


def test_page_after_page_with_the_same_queries_whatever_there_is(in_saran: Municipality) -> None:
    author = UserFactory()
    counts = []
    for number in (2, PAGE):
        for _each in range(number):
            record("version_published", actor=UserFactory(), subject=ProposalFactory(author=author))
        with CaptureQueriesContext(connection) as queries:
            first = own_journal(author)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 12
    second = own_journal(author, before=first.older)
    assert (len(first.lines), len(second.lines), second.older) == (PAGE, 2, 0)


@pytest.mark.parametrize("query", ["", "?avant=99999999999999999999", "?avant=x", "?avant=-1"])
def test_the_page_says_so_where_there_is_nothing(
    visit: Callable[..., Client], in_saran: Municipality, query: str
) -> None:
    client = visit(in_saran, UserFactory(), stays=True)
    assert "Rien ces douze derniers mois." in client.get(ADDRESS + query).content.decode()
    assert ADDRESS in client.get("/compte/").content.decode()
    assert ADDRESS in client.get("/donnees-personnelles/").content.decode()


def test_the_page_leads_to_what_it_is_about(visit: Callable[..., Client], in_saran: Municipality) -> None:
    author = UserFactory()
    proposal = ProposalFactory(author=author, title="Un banc <sous> le tilleul")
    record("stewardship_taken", actor=UserFactory(role=Role.FACILITATOR), subject=proposal)
    shown = visit(in_saran, author, stays=True).get(ADDRESS).content.decode()
    assert f'<a href="/propositions/{proposal.pk}/">Un banc &lt;sous&gt; le tilleul</a>' in shown
