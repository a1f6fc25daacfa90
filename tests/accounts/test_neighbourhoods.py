"""A neighbourhood stands beside the name: it is a place, and poses as nothing else."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.enums import Capacity
from accounts.neighbourhoods import NeighbourhoodRefused, check_neighbourhood
from accounts.services import complete_profile
from consultations.framing.models import Consultation
from consultations.participation.selectors.drafts import Writer
from consultations.participation.services.drafts import save_details
from consultations.participation.services.proposals import edit_proposal
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.participation.factories import DraftFactory, VersionedProposalFactory

REFUSED = [
    "Mairie de Saran · compte officiel ✓",
    "Mairie de Saran",
    "Mairie",
    "Hôtel de Ville",
    "M a i r i e",
    "Ma\u0456rie",
    "Ville de Saran",
    "Quartier de la mairie, compte officiel",
    "Quartier Mairie de Saran",
    "Adjointe à la culture",
    "Élu de la majorité",
    "Service urbanisme",
    "Maryvonne Hautin",
    "Le Bourg ✓",
    "Le Bourg | officieux",
    "Бург",
    "saran-aide.fr",
    "https://saran.fr",
    "moi@saran.fr",
    "…",
    "Le Bourg" * 6,
]
ACCEPTED = [
    "",
    "Le Bourg",
    "Les Cent-Arpents",
    "Quartier de la mairie",
    "Quartier Mairie",
    "Quartier de l’Hôtel de Ville",
    "Place de la Préfecture",
    "rue de la Mairie",
    "Derrière la gendarmerie",
    "Saran",
    "à Saran",
    "Centre-ville",
    "Quartier 3 (nord)",
    "Saint-Jean-le-Blanc",
    "L’Haÿ-les-Roses",
    "Bât. C, résidence d’Orléans",
]


@pytest.mark.parametrize("words", REFUSED)
def test_a_neighbourhood_does_not_pose_as_the_authority_or_lead_anywhere(in_saran: Municipality, words: str) -> None:
    Consultation.objects.update(decision_maker="Maryvonne Hautin, maire de Saran")
    with pytest.raises(NeighbourhoodRefused):
        check_neighbourhood(words)


@pytest.mark.parametrize("words", ACCEPTED)
def test_names_of_places_pass(in_saran: Municipality, words: str) -> None:
    check_neighbourhood(words)


def test_one_may_live_in_the_town_that_gives_its_group_a_name(in_saran: Municipality) -> None:
    with schema_context("public"):
        Municipality.objects.filter(pk=in_saran.pk).update(name="CA Orléans Métropole")
    check_neighbourhood("Orléans")
    with pytest.raises(NeighbourhoodRefused):
        check_neighbourhood("Orléans Métropole")


def test_every_service_that_takes_one_refuses_it(in_saran: Municipality) -> None:
    user, at = UserFactory(administrator=True), timezone.now()
    draft, proposal = DraftFactory(author=user), VersionedProposalFactory(author=user)
    words = proposal.texts
    posing = "Mairie de Saran"
    with pytest.raises(NeighbourhoodRefused):
        complete_profile(user=user, public_name="Ada", capacity=Capacity.RESIDENT, neighbourhood=posing)
    with pytest.raises(NeighbourhoodRefused):
        save_details(draft=draft, writer=Writer(user), at=at, neighbourhood=posing, picture_alt="")
    with pytest.raises(NeighbourhoodRefused):
        edit_proposal(proposal=proposal, author=user, at=at, neighbourhood=posing, **words)


def test_the_profile_says_what_to_write_instead_and_keeps_what_was_typed(
    visit: Callable[..., Client], saran: Municipality, person: Callable[..., object]
) -> None:
    client = visit(saran, person())
    typed = {"public_name": "Ada", "capacity": Capacity.RESIDENT, "neighbourhood": "Mairie de Saran", "age_band": ""}
    page = client.post("/compte/", typed)
    assert page.status_code == 422
    assert "Quartier de la mairie" in page.content.decode()
    assert 'value="Mairie de Saran"' in page.content.decode()
