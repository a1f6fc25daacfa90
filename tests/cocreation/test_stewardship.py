"""A facilitator takes care of a proposal whose authors have all left."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.enums import Role
from accounts.models import AuditEntry
from consultations.cocreation.services.coauthors import take_stewardship
from consultations.cocreation.services.refusals import NotAlone
from consultations.participation.enums import AuthorshipRole
from consultations.participation.models import Authorship, Proposal
from consultations.participation.permissions import works_on
from consultations.participation.selectors.standing import standing_of
from consultations.participation.services.refusals import NotAnAuthor
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.participation.factories import ProposalFactory

NOW = timezone.now


def take(proposal: Proposal, user: Any) -> None:
    take_stewardship(proposal=proposal, user=user, at=NOW())


def test_only_a_facilitator_takes_over_and_only_what_is_left_alone(in_saran: Municipality) -> None:
    proposal = ProposalFactory(author__is_active=False)
    facilitator, other = UserFactory(role=Role.FACILITATOR), UserFactory(role=Role.FACILITATOR)
    with pytest.raises(NotAnAuthor):
        take(proposal, UserFactory(role=Role.MODERATOR))
    for _twice in "ab":
        take(proposal, facilitator)
    assert works_on(user=facilitator, proposal=proposal)
    assert AuditEntry.objects.filter(action="stewardship_taken", actor=facilitator).count() == 1
    with pytest.raises(NotAlone):
        take(proposal, other)
    # A facilitator who left the team is in nobody's way.
    facilitator.role = Role.PARTICIPANT
    facilitator.save()
    assert not works_on(user=facilitator, proposal=proposal)
    assert not standing_of(pk=proposal.pk, user=facilitator, at=NOW()).is_author
    take(proposal, other)
    assert [each.user for each in Authorship.objects.filter(proposal=proposal)] == [other]


def test_a_co_author_who_stays_is_company_enough(in_saran: Municipality) -> None:
    proposal = ProposalFactory(author=None)
    Authorship.objects.create(proposal=proposal, user=UserFactory(), role=AuthorshipRole.CO_AUTHOR)
    with pytest.raises(NotAlone):
        take(proposal, UserFactory(administrator=True))


def test_the_desk_lists_them_and_the_page_says_who_takes_care(
    visit: Callable[..., Client], saran: Municipality, brest: Municipality, person: Any
) -> None:
    facilitator = person(role=Role.FACILITATOR)
    desk = visit(saran, facilitator)
    assert "orphelines" not in desk.get("/gestion/").content.decode()
    with schema_context(saran.schema_name):
        proposal = ProposalFactory(title="Une idée sans personne", author=None)
        ProposalFactory(title="Une idée venue d’ailleurs", author=None, import_ref="p-1")
    assert "orphelines" in desk.get("/gestion/").content.decode()
    page = desk.get("/gestion/propositions/orphelines/").content.decode()
    assert "Une idée sans personne" in page
    assert "Une idée venue d’ailleurs" not in page
    assert "Une idée venue" in desk.get("/gestion/propositions/orphelines/?importees").content.decode()
    elsewhere = visit(brest, person(city=brest, role=Role.FACILITATOR))
    assert elsewhere.post(f"/gestion/propositions/{proposal.pk}/reprendre/").status_code == 404
    assert visit(saran, person()).post(f"/gestion/propositions/{proposal.pk}/reprendre/").status_code == 404
    for _twice in "ab":
        assert desk.post(f"/gestion/propositions/{proposal.pk}/reprendre/").status_code == 302
    page = desk.get("/gestion/propositions/orphelines/").content.decode()
    assert f'href="{proposal.get_absolute_url()}atelier/"' in page
    assert "aucun argument n’attend de réponse" in page
    byline = "reprise par l’équipe d’animation"
    assert byline in visit(saran).get(proposal.get_absolute_url()).content.decode()
    for _twice in "ab":
        desk.post(f"/gestion/propositions/{proposal.pk}/rendre/")
    assert byline not in visit(saran).get(proposal.get_absolute_url()).content.decode()


def test_the_list_costs_the_same_at_two_and_at_ten(
    visit: Callable[..., Client], saran: Municipality, person: Any
) -> None:
    desk, counts = visit(saran, person(administrator=True)), []
    for more in (2, 8):
        with schema_context(saran.schema_name):
            ProposalFactory.create_batch(more, author=None)
        with CaptureQueriesContext(connection) as captured:
            desk.get("/gestion/propositions/orphelines/")
        counts.append(len(captured))
    assert counts[0] == counts[1]
