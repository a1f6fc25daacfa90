"""Correcting what one has just published: fifteen minutes, and only while nobody has answered it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.models import AuditEntry
from consultations.participation.models import Proposal, ProposalVersion
from consultations.participation.services.arguments import argue
from consultations.participation.services.proposals import edit_proposal, submit_proposal
from consultations.participation.services.reactions import react
from consultations.participation.services.refusals import AlreadyAnswered, NotAnAuthor, PhaseClosed, TooLate
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.participation.factories import BENEFIT, PROBLEM, SOLUTION, DraftFactory
from tests.participation.test_react import close_phase

NOW = timezone.now
NEW = "Ouvrir aussi la cour du collège, le soir, quand il fait trop chaud."
TEXT = {"title": "Des cours ouvertes le soir", "solution": NEW, "problem": PROBLEM, "benefit": BENEFIT}


def published(author: Any = None, **kwargs: Any) -> Proposal:
    author = author or UserFactory()
    return submit_proposal(draft=DraftFactory(author=author, **kwargs), author=author, at=NOW())


def edit(proposal: Proposal, *, minutes: int = 5, **kwargs: Any) -> Proposal:
    at = proposal.submitted_at + timedelta(minutes=minutes)
    return edit_proposal(proposal=proposal, author=proposal.author, at=at, **{**TEXT, **kwargs})


def test_the_first_version_changes_in_place(in_saran: Municipality) -> None:
    proposal = published()
    edit(proposal, neighbourhood="Le Bourg")
    proposal.refresh_from_db()
    assert (proposal.solution, proposal.version, proposal.neighbourhood) == (NEW, 1, "Le Bourg")
    assert ProposalVersion.objects.get(proposal=proposal).solution == NEW
    assert AuditEntry.objects.get(action="proposal_mended").actor == proposal.author
    edit(proposal, neighbourhood="Le Bourg")  # the very same again
    assert AuditEntry.objects.filter(action="proposal_mended").count() == 1


def test_it_is_too_late_after_fifteen_minutes(in_saran: Municipality) -> None:
    proposal = published()
    with pytest.raises(TooLate):
        edit(proposal, minutes=15)


def test_what_somebody_has_answered_stays_as_they_read_it(in_saran: Municipality) -> None:
    reacted, argued, closed = published(), published(), published()
    react(proposal=reacted, user=UserFactory(), value="LIKE", at=NOW())
    argue(proposal=argued, author=UserFactory(), stance="FOR", text="Chez nous aussi il fait chaud.", at=NOW())
    for proposal in (reacted, argued):
        with pytest.raises(AlreadyAnswered):
            edit(proposal)
    close_phase()
    with pytest.raises(PhaseClosed):
        edit(closed)
    assert not Proposal.objects.filter(solution=NEW).exists()


def test_the_page_corrects_and_later_keeps_what_was_typed(
    visit: Callable[..., Client], saran: Municipality, person: Any
) -> None:
    author = person()
    with schema_context(saran.schema_name):
        proposal = published(author)
    client, path = visit(saran, author), f"{proposal.get_absolute_url()}corriger/"
    assert path in client.get(proposal.get_absolute_url()).content.decode()
    assert SOLUTION in client.get(path).content.decode()
    assert client.post(path, {**TEXT, "solution": "Court"}).status_code == 422
    mended = client.post(path, TEXT).headers["Location"]
    assert mended == f"/propositions/{proposal.pk}/des-cours-ouvertes-le-soir/"

    with schema_context(saran.schema_name):
        Proposal.objects.update(submitted_at=NOW() - timedelta(minutes=16))
    refused = client.post(path, {**TEXT, "solution": NEW + " Et le gymnase."})
    assert refused.status_code == 409
    assert "Et le gymnase." in refused.content.decode()
    assert "/atelier/" in refused.content.decode()
    assert "corriger/" not in client.get(proposal.get_absolute_url(), follow=True).content.decode()


def test_nobody_else_corrects_it(visit: Callable[..., Client], saran: Municipality, person: Any) -> None:
    with schema_context(saran.schema_name):
        proposal = published()
    path = f"{proposal.get_absolute_url()}corriger/"
    assert visit(saran, person()).post(path, TEXT).status_code == 404
    assert "/connexion/" in visit(saran).post(path, TEXT).headers["Location"]
    with schema_context(saran.schema_name), pytest.raises(NotAnAuthor):
        edit_proposal(proposal=proposal, author=UserFactory(), at=NOW(), **TEXT)
