"""When the library improves, the city is shown the difference and takes what it likes; nothing is ever taken for it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django_tenants.utils import schema_context

from accounts.enums import Role
from accounts.models import AuditEntry
from consultations.framing.models import Challenge
from consultations.framing.services.challenges import TemplateGone, take_library_wording
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.framing.factories import improve_library

LIST = "/gestion/consultations/territoires-resilients/defis/"
PAGE = "/gestion/consultations/territoires-resilients/defis/ecologie/bibliotheque/"
NEW_QUESTION = "Comment bien vivre ici quand le climat se dérègle vraiment ?"


@pytest.fixture
def desk(in_saran: Municipality, visit: Callable[..., Client]) -> Client:
    return visit(in_saran, UserFactory(role=Role.FACILITATOR, public_name="Dominique"), stays=True)


def ecology() -> Challenge:
    return Challenge.objects.get(slug="ecologie")


def take(desk: Client, version: int, *fields: str, **given: Any) -> int:
    data = {"version": version, "revision": ecology().revision, "take": list(fields), **given}
    return desk.post(PAGE, data).status_code


def test_without_a_newer_version_there_is_nothing_to_see(desk: Client) -> None:
    assert PAGE not in desk.get(LIST).content.decode()
    assert 'name="take"' not in desk.get(PAGE).content.decode()


def test_an_improvement_is_said_of_the_challenge_it_concerns_and_changes_nothing(desk: Client) -> None:
    before = {each.slug: (each.question, each.why, each.template_version) for each in Challenge.objects.all()}
    improve_library(question=NEW_QUESTION)
    page = desk.get(LIST).content.decode()
    assert page.count('/bibliotheque/"') == page.count(PAGE) == 1
    assert PAGE in desk.get("/gestion/consultations/territoires-resilients/defis/ecologie/").content.decode()
    assert {each.slug: (each.question, each.why, each.template_version) for each in Challenge.objects.all()} == before


def test_a_change_of_place_or_another_sets_version_is_no_news(desk: Client) -> None:
    improve_library()
    assert PAGE not in desk.get(LIST).content.decode()


def test_each_field_shows_what_the_library_changed_and_the_citys_own_text(desk: Client) -> None:
    Challenge.objects.filter(slug="ecologie").update(question="Comment garder Saran fraîche ?")
    improve_library(question=NEW_QUESTION, guiding_questions=[*ecology().guiding_questions, "Que faut-il arrêter ?"])
    page = desk.get(PAGE).content.decode()
    assert "se dérègle vraiment" in page
    assert "Comment garder Saran fraîche ?" in page
    assert "Que faut-il arrêter ?" in page
    assert "<ins>" in page
    assert "vous ne l’aviez pas changé" in page  # the guiding questions
    assert page.count('name="take"') == 2
    assert "checked" not in page


def test_only_ticked_fields_are_taken(desk: Client) -> None:
    Challenge.objects.filter(slug="ecologie").update(question="Notre question à nous ?", summary="Notre résumé.")
    version = improve_library(
        question=NEW_QUESTION, summary="Le nouveau résumé de la bibliothèque.", why="Un nouveau pourquoi."
    )
    assert take(desk, version, "summary") == 302
    challenge = ecology()
    assert challenge.question == "Notre question à nous ?"
    assert challenge.summary == "Le nouveau résumé de la bibliothèque."
    assert challenge.why != "Un nouveau pourquoi."
    assert challenge.template_version == version
    assert not challenge.is_validated
    entry = AuditEntry.objects.get(action="library_wording_taken")
    assert entry.details == {"version": version, "fields": ["summary"]}
    # Seen: it is not offered again, and sent once more it changes nothing.
    assert PAGE not in desk.get(LIST).content.decode()
    assert take(desk, version, "why") == 302
    assert ecology().why != "Un nouveau pourquoi."


def test_keeping_ones_text_notes_that_it_was_seen(desk: Client) -> None:
    version = improve_library(question=NEW_QUESTION)
    before = ecology()
    assert take(desk, version, "question", keep="1") == 302
    challenge = ecology()
    assert (challenge.question, challenge.revision) == (before.question, before.revision)
    assert challenge.is_validated
    assert challenge.template_version == version
    assert PAGE not in desk.get(LIST).content.decode()
    # The next improvement is shown against what was seen last.
    improve_library(summary="Encore un autre résumé.")
    page = desk.get(PAGE).content.decode()
    assert "Encore un autre résumé" in page or "Encore" in page
    assert 'value="question"' not in page


def test_pressing_take_with_nothing_ticked_decides_nothing(desk: Client) -> None:
    version = improve_library(question=NEW_QUESTION)
    before = ecology().template_version
    assert take(desk, version) == 422
    assert ecology().template_version == before


def test_a_text_changed_meanwhile_is_not_replaced(desk: Client) -> None:
    version = improve_library(question=NEW_QUESTION)
    seen = ecology().revision
    Challenge.objects.filter(slug="ecologie").update(question="Écrit entre-temps ?", revision=seen + 1)
    answer = desk.post(PAGE, {"version": version, "revision": seen, "take": ["question"]})
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Écrit entre-temps ?" in page
    assert "checked" in page  # what was ticked still is
    assert ecology().question == "Écrit entre-temps ?"


def test_a_version_that_the_library_lacks_is_refused(in_saran: Municipality) -> None:
    with pytest.raises(TemplateGone):
        take_library_wording(challenge=ecology(), actor=UserFactory(), version=99, fields=[], revision=0)


def test_what_was_read_is_what_is_taken_even_if_the_library_moved_on(desk: Client) -> None:
    read = improve_library(question=NEW_QUESTION)
    improve_library(question="Comment vivre dans une version que personne n’a lue ?")
    assert take(desk, read, "question") == 302
    assert ecology().question == NEW_QUESTION
    assert PAGE in desk.get(LIST).content.decode()


@pytest.mark.parametrize("version", ["99", "", "x", "0"])
def test_a_version_that_does_not_exist_changes_nothing(desk: Client, version: str) -> None:
    improve_library(question=NEW_QUESTION)
    before = ecology()
    answer = desk.post(PAGE, {"version": version, "revision": before.revision, "take": ["question"]})
    assert answer.status_code == 302
    after = ecology()
    assert (after.question, after.template_version) == (before.question, before.template_version)


def test_only_fields_of_the_library_can_be_taken(desk: Client) -> None:
    version = improve_library(question=NEW_QUESTION)
    assert take(desk, version, "slug", "position", "template_code") == 422
    assert ecology().slug == "ecologie"


def test_a_challenge_of_ones_own_has_no_news(desk: Client) -> None:
    Challenge.objects.filter(slug="ecologie").update(template_set="", template_code="", template_version=None)
    version = improve_library(question=NEW_QUESTION)
    assert 'name="take"' not in desk.get(PAGE).content.decode()
    assert take(desk, version, "question") == 302
    assert ecology().question != NEW_QUESTION


def test_another_citys_choice_is_its_own(desk: Client, brest: Municipality, visit: Callable[..., Client]) -> None:
    version = improve_library(question=NEW_QUESTION)
    take(desk, version, "question")
    with schema_context(brest.schema_name):
        theirs = Challenge.objects.get(slug="ecologie")
        assert theirs.question != NEW_QUESTION
        assert theirs.template_version == version - 1
