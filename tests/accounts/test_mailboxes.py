"""One mailbox is one account, however its address is written."""

import re
from collections.abc import Callable
from threading import Barrier, Thread

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts import address_change
from accounts.enums import Role
from accounts.invitations import accept, invite_to_team
from accounts.mailboxes import PROVIDERS, mailbox_of
from accounts.models import User
from accounts.services import find_or_create_user
from common.models import OutboxMessage
from consultations.cocreation.models import CoAuthorInvitation
from consultations.cocreation.services.coauthors import accept_invitation, invite_coauthor
from consultations.cocreation.services.refusals import AlreadyAuthor, TooManyInvitations
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.accounts.test_sign_in import ask, last_mail
from tests.participation.factories import ProposalFactory


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a@example.org", "A@Example.ORG"),
        ("a@example.org", "a+1@example.org"),
        ("a@example.org", "a+consultation+2@example.org"),
        ("a@example.org", "a@example.org."),
        ("jean.dupont@gmail.com", "jeandupont@googlemail.com"),
        ("jean.dupont@gmail.com", "j.e.a.n.dupont+saran@gmail.com"),
        ("a@icloud.com", "a@me.com"),
        ("jean_du-pont@proton.me", "jeandu.pont+x@protonmail.com"),
        ("a@mairie-orléans.fr", "a@xn--mairie-orlans-khb.fr"),
    ],
)
def test_these_lead_to_the_same_mailbox(one: str, other: str) -> None:
    assert mailbox_of(one) == mailbox_of(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("jean.dupont@orange.fr", "jeandupont@orange.fr"),
        ("jean.dupont@saran.fr", "jeandupont@saran.fr"),
        ("a-b@gmail.com", "ab@gmail.com"),
        ("a@outlook.com", "a@hotmail.com"),
        ("+a@example.org", "+b@example.org"),
        ("a@example.org", "a@example.com"),
    ],
)
def test_these_are_other_peoples(one: str, other: str) -> None:
    assert mailbox_of(one) != mailbox_of(other)


def test_what_is_known_of_a_provider_has_its_source() -> None:
    assert all(provider.source.startswith("https://") for provider in PROVIDERS)


@pytest.mark.parametrize("email", ["", "a", "a@", "@b", "a@" + "é" * 80 + ".fr", "a@b..c", "a@xn--a"])
def test_odd_addresses_are_no_error(email: str) -> None:
    assert mailbox_of(email)


def test_an_alias_comes_into_the_account_that_is_there_by_its_first_address(
    visit: Callable[..., Client], in_saran: Municipality
) -> None:
    UserFactory(email="jean.dupont@gmail.com", mailbox="jeandupont@gmail.com", last_login=timezone.now())
    visitor = visit(in_saran, stays=True)
    ask(visitor, "jeandupont+2@googlemail.com")
    sent = last_mail()
    assert sent["to"] == "jean.dupont@gmail.com"
    code = next(word for word in sent["body"].split() if word.isdigit() and len(word) == 6)
    assert visitor.post("/connexion/code/", {"code": code}).status_code == 302
    assert visitor.get("/compte/").status_code == 200
    assert User.objects.filter(email__contains="dupont").count() == 1


def test_aliases_share_the_limits_of_their_mailbox(visit: Callable[..., Client], in_saran: Municipality) -> None:
    for number in range(8):
        ask(visit(in_saran, stays=True), f"a+{number}@example.org")
    assert OutboxMessage.objects.count() == 5


def test_two_accounts_made_before_stay_two_and_each_comes_in_with_its_own_address(in_saran: Municipality) -> None:
    """Any other spelling of the mailbox leads to the one that was there first."""
    first = UserFactory(email="a@gmail.com", mailbox="a@gmail.com")
    second = UserFactory(email="a+2@gmail.com")
    assert find_or_create_user(email="a@gmail.com") == first
    assert find_or_create_user(email="a+2@gmail.com") == second
    assert find_or_create_user(email="A+3@googlemail.com") == first


def test_an_agent_invited_by_an_alias_is_the_person_who_is_there(in_saran: Municipality) -> None:
    boss = UserFactory(administrator=True)
    person = find_or_create_user(email="a@gmail.com")
    at = timezone.now()
    invite_to_team(email="a+mairie@gmail.com", role=Role.FACILITATOR, actor=boss, city=in_saran, at=at)
    mail = OutboxMessage.objects.get(payload__to="a+mairie@gmail.com").payload["body"]
    invited = accept(token=mail.split("/equipe/invitation/")[1].split("/")[0], city=in_saran, at=at)
    assert invited == person
    assert invited.role == Role.FACILITATOR


def test_an_invitation_to_an_alias_is_for_the_person_of_the_mailbox(in_saran: Municipality) -> None:
    proposal = ProposalFactory()
    person = find_or_create_user(email="a.b@gmail.com")
    author = proposal.author

    def invite(email: str) -> CoAuthorInvitation:
        return invite_coauthor(proposal=proposal, by=author, city=in_saran, email=email, at=proposal.submitted_at)

    found = invite("ab+1@googlemail.com")
    assert invite("a.b@gmail.com") == found
    accept_invitation(key=found.pk, user=person, at=proposal.submitted_at)
    author.email = "b@example.org"
    with pytest.raises(AlreadyAuthor):
        invite("B+moi@example.org")


def test_a_mailbox_is_not_flooded_by_its_aliases(in_saran: Municipality) -> None:
    for number in range(3):
        proposal = ProposalFactory()
        invite_coauthor(
            proposal=proposal,
            by=proposal.author,
            city=in_saran,
            email=f"a+{number}@example.org",
            at=proposal.submitted_at,
        )
    another = ProposalFactory()
    with pytest.raises(TooManyInvitations):
        invite_coauthor(
            proposal=another, by=another.author, city=in_saran, email="a+9@example.org", at=another.submitted_at
        )


def test_two_aliases_at_once_make_one_account(real_db: str) -> None:
    city = Municipality.objects.get(slug="saran")
    together, found = Barrier(2), []

    def come(email: str) -> None:
        try:
            with schema_context(city.schema_name):
                together.wait()
                found.append(find_or_create_user(email=email).pk)
        finally:
            connection.close()

    threads = [Thread(target=come, args=[email]) for email in ("a+1@example.org", "a+2@example.org")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 1


def test_an_address_changed_to_another_spelling_of_somebody_elses_mailbox_is_taken(in_saran: Municipality) -> None:
    owner, user = find_or_create_user(email="a@gmail.com"), find_or_create_user(email="b@example.org")
    User.objects.filter(pk=owner.pk).update(public_name="Tilleul")
    at = timezone.now()

    def change(email: str) -> User:
        address_change.ask_address_change(user=user, email=email, city=in_saran, at=at)
        code = re.search(r"\b\d{6}\b", last_mail()["body"])
        assert code
        return address_change.confirm_address_change(user=user, code=code[0], city=in_saran, at=at)

    with pytest.raises(address_change.AddressTaken):
        change("a+autre@googlemail.com")
    changed = change("b+moi@example.org")
    assert (changed.email, changed.mailbox) == ("b+moi@example.org", "b@example.org")
