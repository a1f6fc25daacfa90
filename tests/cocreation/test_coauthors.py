"""Writing with others: who may be asked, who may answer, and what changes when somebody joins or leaves."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.tasks import send_mail
from common.models import OutboxMessage
from consultations.cocreation.models import CoAuthorInvitation
from consultations.cocreation.services.coauthors import (
    accept_invitation,
    decline_invitation,
    invite_coauthor,
    leave_proposal,
    remove_coauthor,
    take_back_invitation,
)
from consultations.cocreation.services.refusals import (
    AlreadyAuthor,
    Declined,
    InvitationOver,
    LastAuthor,
    NotInDiscussion,
    TooManyInvitations,
)
from consultations.participation.counts import recount
from consultations.participation.models import Authorship, Proposal, ProposalVersion
from consultations.participation.permissions import works_on
from consultations.participation.services.reactions import react
from consultations.participation.services.refusals import NotAnAuthor, NotYours, PhaseClosed
from notifications.enums import Frequency
from notifications.models import MailPreference
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.participation.factories import ArgumentFactory, AuthorshipFactory, ProposalFactory
from tests.participation.test_react import close_phase

NOW = timezone.now


def invite(proposal: Proposal, city: Municipality, **to: Any) -> CoAuthorInvitation:
    by = to.pop("by", None) or proposal.author
    return invite_coauthor(proposal=proposal, by=by, city=city, at=to.pop("at", NOW()), **to)


def sent() -> list[OutboxMessage]:
    return list(OutboxMessage.objects.filter(task__endswith="send_mail").order_by("created_at"))


def events(name: str) -> int:
    return OutboxMessage.objects.filter(payload__event=name).count()


def test_somebody_who_argued_is_invited_once_and_joins(in_saran: Municipality) -> None:
    proposal = ProposalFactory(version=2)
    guest = ArgumentFactory(proposal=proposal).author
    react(proposal=proposal, user=guest, value="LIKE", at=NOW())
    first, again = (invite(proposal, in_saran, user=guest) for _each in "ab")
    assert first.pk == again.pk
    assert (events("coauthor_invited"), sent()) == (1, [])
    for _twice in "ab":
        accept_invitation(key=first.pk, user=guest, at=NOW())
    assert works_on(user=guest, proposal=proposal)
    assert events("coauthor_answered") == 1
    # Authors do not react to their own proposal: what they thought of it is no longer counted.
    proposal.refresh_from_db()
    assert (proposal.like_count, proposal.current_like_count) == (0, 0)
    recount()
    proposal.refresh_from_db()
    assert (proposal.like_count, proposal.current_like_count) == (0, 0)


def test_whoever_is_invited_by_an_address_gets_a_link_with_an_account_or_without(in_saran: Municipality) -> None:
    proposal = ProposalFactory()
    known = UserFactory(email="connue@example.org")
    new = invite(proposal, in_saran, email="Tilleul@Example.org")
    own = invite(proposal, in_saran, email="CONNUE@example.org")
    message, to_known = sent()
    assert (to_known.payload["to"], f"/invitations/{own.pk}/" in to_known.payload["body"]) == (known.email, True)
    assert message.payload["to"] == "tilleul@example.org"
    assert f"/invitations/{new.pk}/" in message.payload["body"]
    send_mail(**message.payload)
    assert proposal.title not in mail.outbox[0].body  # a stranger's words: they wait behind the link
    theirs = CoAuthorInvitation.objects.get(email=known.email)
    accept_invitation(key=theirs.pk, user=known, at=NOW())
    assert works_on(user=known, proposal=proposal)


@pytest.mark.parametrize("frequency", [Frequency.NEVER, Frequency.AT_ONCE])
def test_who_wants_no_mail_or_is_told_at_once_anyway_gets_none_more(in_saran: Municipality, frequency: str) -> None:
    MailPreference.objects.create(user=UserFactory(email="connue@example.org"), frequency=frequency)
    invite(ProposalFactory(), in_saran, email="connue@example.org")
    assert sent() == []


def test_only_authors_invite_and_only_people_of_the_discussion(in_saran: Municipality) -> None:
    proposal, stranger = ProposalFactory(), UserFactory()
    with pytest.raises(NotAnAuthor):
        invite(proposal, in_saran, by=stranger, email="a@example.org")
    with pytest.raises(NotInDiscussion):
        invite(proposal, in_saran, user=stranger)
    with pytest.raises(NotInDiscussion):
        invite(proposal, in_saran, user=ArgumentFactory(proposal=proposal, author__is_active=False).author)
    with pytest.raises(AlreadyAuthor):
        invite(proposal, in_saran, email=proposal.author.email.upper())
    close_phase()
    with pytest.raises(PhaseClosed):
        invite(proposal, in_saran, email="a@example.org")
    assert not CoAuthorInvitation.objects.exists()


def test_a_mailbox_is_not_flooded(in_saran: Municipality) -> None:
    proposal = ProposalFactory()
    author = proposal.author
    for number in range(10):
        invite(proposal, in_saran, email=f"personne{number}@example.net")
    with pytest.raises(TooManyInvitations):
        invite(proposal, in_saran, email="onzieme@example.net")
    # Taking back and asking again is no way around it: neither for an address…
    for _each in range(3):
        key = CoAuthorInvitation.objects.get(email="personne0@example.net", answered_at=None).pk
        take_back_invitation(key=key, proposal=proposal, by=author, at=NOW())
        if CoAuthorInvitation.objects.filter(email="personne0@example.net").count() < 3:
            invite(proposal, in_saran, email="personne0@example.net")
    with pytest.raises(TooManyInvitations):
        invite(proposal, in_saran, email="personne0@example.net")
    # … nor several authors together…
    for _author in range(3):
        invite(ProposalFactory(), in_saran, email="cible@example.net")
    with pytest.raises(TooManyInvitations):
        invite(ProposalFactory(), in_saran, email="Cible@example.net")
    # … nor the next day for somebody who said no.
    declined = invite(proposal, in_saran, email="non@example.net")
    someone = UserFactory(email="non@example.net")
    decline_invitation(key=declined.pk, user=someone, at=NOW())
    with pytest.raises(Declined):
        invite(proposal, in_saran, email="non@example.net", at=NOW() + timedelta(days=2))
    assert invite(proposal, in_saran, email="non@example.net", at=NOW() + timedelta(days=31)).pk != declined.pk


def test_an_invitation_is_over_after_thirty_days_and_is_renewed_by_asking_again(in_saran: Municipality) -> None:
    proposal = ProposalFactory()
    guest = ArgumentFactory(proposal=proposal).author
    old = invite(proposal, in_saran, user=guest)
    CoAuthorInvitation.objects.update(created_at=NOW() - timedelta(days=30))
    with pytest.raises(InvitationOver):
        accept_invitation(key=old.pk, user=guest, at=NOW())
    assert invite(proposal, in_saran, user=guest).pk == old.pk
    accept_invitation(key=old.pk, user=guest, at=NOW())
    assert works_on(user=guest, proposal=proposal)


def test_only_the_invited_person_answers(in_saran: Municipality) -> None:
    proposal, other = ProposalFactory(), UserFactory()
    key = invite(proposal, in_saran, email="tilleul@example.org").pk
    for answer in (accept_invitation, decline_invitation):
        with pytest.raises(NotYours):
            answer(key=key, user=other, at=NOW())
    take_back_invitation(key=key, proposal=proposal, by=proposal.author, at=NOW())
    with pytest.raises(InvitationOver):
        accept_invitation(key=key, user=UserFactory(email="tilleul@example.org"), at=NOW())


def test_the_first_author_gives_the_pen_to_the_oldest_co_author_and_stays_named(
    visit: Callable[..., Client], in_saran: Municipality
) -> None:
    proposal = ProposalFactory(author__public_name="Mésange")
    ProposalVersion.objects.create(proposal=proposal, number=1, title="T", solution="S")
    first = proposal.author
    with pytest.raises(LastAuthor):
        leave_proposal(proposal=proposal, user=first)
    for name in ("Tilleul", "Ondine"):
        Authorship.objects.create(proposal=proposal, user=UserFactory(public_name=name), role="CO_AUTHOR")
    leave_proposal(proposal=proposal, user=first)
    proposal.refresh_from_db()
    assert proposal.author.public_name == "Tilleul"
    assert not works_on(user=first, proposal=proposal)
    page = " ".join(visit(in_saran, stays=True).get(proposal.get_absolute_url()).content.decode().split())
    assert "Proposée par <b>Tilleul</b>" in page
    assert "avec <b>Ondine</b>" in page
    assert "commencée par <b>Mésange</b>" in page
    ondine = Authorship.objects.get().user
    with pytest.raises(NotAnAuthor):
        remove_coauthor(proposal=proposal, by=ondine, user_id=proposal.author.pk, at=NOW())
    remove_coauthor(proposal=proposal, by=proposal.author, user_id=ondine.pk, at=NOW())
    assert not works_on(user=ondine, proposal=proposal)


def test_who_was_sent_away_comes_back_by_no_invitation(in_saran: Municipality) -> None:
    proposal, gone, friend = ProposalFactory(), UserFactory(), UserFactory()
    by_mail = invite(proposal, in_saran, email=gone.email)
    Authorship.objects.create(proposal=proposal, user=gone, role="CO_AUTHOR")
    by_them = invite(proposal, in_saran, by=gone, email=friend.email)
    remove_coauthor(proposal=proposal, by=proposal.author, user_id=gone.pk, at=NOW())
    for key, user in ((by_mail.pk, gone), (by_them.pk, friend)):
        with pytest.raises(InvitationOver):
            accept_invitation(key=key, user=user, at=NOW())
    assert not Authorship.objects.exists()


def test_a_former_facilitator_still_becomes_a_co_author(in_saran: Municipality) -> None:
    proposal, guest = ProposalFactory(), UserFactory()
    Authorship.objects.create(proposal=proposal, user=guest, role="STEWARD")
    assert not works_on(user=guest, proposal=proposal)
    accept_invitation(key=invite(proposal, in_saran, email=guest.email).pk, user=guest, at=NOW())
    assert Authorship.objects.get().role == "CO_AUTHOR"


def test_the_pen_goes_to_nobody_who_has_left(in_saran: Municipality) -> None:
    proposal = ProposalFactory()
    AuthorshipFactory(proposal=proposal, user__is_active=False)
    with pytest.raises(LastAuthor):
        leave_proposal(proposal=proposal, user=proposal.author)
    heir = AuthorshipFactory(proposal=proposal).user
    leave_proposal(proposal=proposal, user=proposal.author)
    assert Proposal.objects.get(pk=proposal.pk).author == heir


def test_an_author_invites_by_name_and_never_sees_an_address(visit: Callable[..., Client], saran: Municipality) -> None:
    with schema_context(saran.schema_name):
        proposal = ProposalFactory()
        guest = ArgumentFactory(proposal=proposal).author
        author, path = proposal.author, proposal.get_absolute_url() + "atelier/avec/"
    client = visit(saran, author)
    assert guest.email not in client.get(path).content.decode()
    for typed in ({}, {"person": "999999"}, {"email": "pas une adresse"}, {"person": guest.pk, "email": "a@b.fr"}):
        assert client.post(path, {"do": "invite", **typed}).status_code == 422
    assert client.post(path, {"do": "invite", "person": guest.pk}).status_code == 302
    page = client.get(path).content.decode()
    assert guest.public_name in page
    assert guest.email not in page
    with schema_context(saran.schema_name):
        key = CoAuthorInvitation.objects.get().pk
    assert client.post(path, {"do": "take-back", "which": str(key)}).status_code == 302
    assert client.post(path, {"do": "take-back", "which": "rien"}).status_code == 404


def test_an_invitation_by_link_is_read_by_the_invited_person_alone(
    visit: Callable[..., Client], saran: Municipality, person: Any
) -> None:
    with schema_context(saran.schema_name):
        proposal = ProposalFactory(title="Un îlot frais")
        path = f"/invitations/{invite(proposal, saran, email='tilleul@example.org').pk}/"
    assert "/connexion/" in visit(saran).get(path).headers["Location"]
    stranger = visit(saran, person()).get(path)
    unknown = visit(saran, person()).get("/invitations/00000000-0000-4000-8000-000000000000/")
    assert stranger.status_code == unknown.status_code == 404
    assert "tilleul@" not in stranger.content.decode()
    assert "Un îlot frais" not in stranger.content.decode()
    nameless = visit(saran, person(email="a@example.org", public_name=""))
    assert nameless.get(path).headers["Location"] == "/bienvenue/"  # whoever takes part is named
    guest = visit(saran, person(email="Tilleul@example.org"))
    assert "Un îlot frais" in guest.get(path).content.decode()
    assert guest.post(path, {"answer": "accept"}).headers["Location"].endswith("/atelier/")
    assert "accepté" in guest.get(path).content.decode()


def test_an_author_is_named_once_whatever_stands_among_the_co_authors(
    visit: Callable[..., Client], in_saran: Municipality
) -> None:
    proposal = ProposalFactory(author__public_name="Passerelle")
    for user in (proposal.author, UserFactory(public_name="Roue libre")):
        Authorship.objects.create(proposal=proposal, user=user, role="CO_AUTHOR")
    page = " ".join(visit(in_saran, stays=True).get(proposal.get_absolute_url()).content.decode().split())
    assert "Proposée par <b>Passerelle</b>" in page
    assert "avec <b>Roue libre</b>" in page
