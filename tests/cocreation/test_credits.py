"""Whom a version thanks."""

from consultations.cocreation.selectors.credits import credits_of
from consultations.participation.enums import Status, Verdict
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.participation.factories import ArgumentFactory, ProposalFactory


def test_a_version_thanks_each_person_once_and_the_most_useful_first(
    in_saran: Municipality, django_assert_num_queries: object
) -> None:
    proposal = ProposalFactory(version=3)
    roue, tilleul = UserFactory(public_name="Roue libre"), UserFactory(public_name="Tilleul")

    def taken(**changes: object) -> None:
        ArgumentFactory(**{"proposal": proposal, "verdict": Verdict.TAKEN, "taken_in": 2, **changes})

    taken(author=tilleul, useful_count=1)
    taken(author=roue, useful_count=9)
    taken(author=roue, useful_count=3, verdict=Verdict.PARTLY)
    taken(author=None, imported_author="Anonyme de 2015", useful_count=0)
    taken(author=tilleul, taken_in=3)
    taken(author=proposal.author)
    taken(status=Status.HIDDEN)
    taken(verdict=Verdict.NOT_TAKEN, taken_in=None)
    with django_assert_num_queries(1):  # type: ignore[operator]
        found = credits_of(proposal)
    assert found == {2: ["Roue libre", "Tilleul", "Anonyme de 2015"], 3: ["Tilleul"]}
