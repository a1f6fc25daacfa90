"""The city's challenges are its own: written, ordered, validated, removed by its team, and by nobody else."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django_tenants.utils import schema_context

from accounts.enums import Role
from accounts.models import AuditEntry
from common.meanwhile import ChangedMeanwhile
from consultations.framing.backoffice.forms import ChallengeForm
from consultations.framing.models import Challenge, Consultation
from consultations.framing.services import challenges as services
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.participation.factories import DraftFactory, ProposalFactory
from tests.support.pages import says

LIST = "/gestion/consultations/territoires-resilients/defis/"
PAGE = "/gestion/consultations/territoires-resilients/defis/ecologie/"
EDIT = f"{PAGE}modifier/"


@pytest.fixture
def desk(in_saran: Municipality, visit: Callable[..., Client]) -> Client:
    return visit(in_saran, UserFactory(role=Role.FACILITATOR, public_name="Dominique"), stays=True)


def ecology() -> Challenge:
    return Challenge.objects.get(slug="ecologie")


def typed(challenge: Challenge | None = None, **changes: Any) -> dict[str, Any]:
    """What the form sends when nothing but `changes` was typed."""
    form = ChallengeForm(challenge=challenge or ecology())
    values = {name: form[name].value() for name in form.fields}
    return {name: "" if value is None else value for name, value in {**values, **changes}.items()}


def order() -> list[str]:
    return list(Challenge.objects.order_by("position", "pk").values_list("slug", flat=True))


# ── Writing ──────────────────────────────────────────────────────────────────


def test_what_is_typed_stands_on_the_challenges_page(
    desk: Client, in_saran: Municipality, visit: Callable[..., Client]
) -> None:
    given = typed(
        question="Comment garder Saran fraîche l’été ?",
        figures="19 | jours au-dessus de 33 °C | Météo-France, 2025\n\n 7|écoles <b>goudronnées</b>|La mairie ",
        on_table="Les rues\n\nLes cours d’école",
        off_table="",
        example_1_text="Un arbre par enfant.",
        example_1_why="On sait qui fait quoi.",
        example_2_text="",
        example_2_why="",
    )
    assert desk.post(EDIT, given).status_code == 302
    challenge = ecology()
    assert challenge.figures == [
        {"value": "19", "label": "jours au-dessus de 33 °C", "source": "Météo-France, 2025"},
        {"value": "7", "label": "écoles <b>goudronnées</b>", "source": "La mairie"},
    ]
    assert challenge.on_table == ["Les rues", "Les cours d’école"]
    assert challenge.off_table == []
    assert challenge.examples == [{"text": "Un arbre par enfant.", "why": "On sait qui fait quoi."}]
    page = visit(in_saran, stays=True).get("/defis/ecologie/").content.decode()
    assert "Comment garder Saran fraîche" in page
    assert "écoles &lt;b&gt;goudronnées" in page


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"question": "Quoi ?"}, "Ajoutez 4 signes"),
        ({"label": ""}, "Nom court"),
        ({"label": "x" * 41}, "40 signes au plus"),
        ({"theme": "MAGIC"}, "Thème"),
        ({"figures": "dix-neuf jours"}, "Ligne 1"),
        ({"figures": "19 | jours | Insee\n| rien"}, "Ligne 2"),
        ({"figures": "19 | jours | Insee\n7 | écoles"}, "ajoutez une barre"),
        ({"on_table": "\n".join("abcdefghijklm")}, "Douze lignes au plus"),
        ({"guiding_questions": "ok\n" + "a" * 301}, "La ligne 2 est trop longue"),
        ({"example_3_why": "Sans exemple"}, "Écrivez l’exemple"),
    ],
)
def test_bad_input_gets_a_sentence_and_nothing_typed_is_lost(desk: Client, changes: dict[str, str], said: str) -> None:
    answer = desk.post(EDIT, typed(why="Ce que j’ai écrit ce matin", **changes))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert said in page
    assert "Ce que j’ai écrit ce matin" in page
    assert ecology().revision == 1


def test_saved_twice_it_is_one_change(desk: Client) -> None:
    given = typed(summary="Un autre résumé.")
    assert [desk.post(EDIT, given).status_code for _time in range(2)] == [302, 302]
    assert ecology().revision == 2
    entry = AuditEntry.objects.get(action="challenge_edited")
    assert entry.details == {"fields": ["summary"]}
    assert str(entry.actor) == "Dominique"


def test_of_two_editors_the_second_keeps_their_words_and_sees_the_others(
    desk: Client, in_saran: Municipality, visit: Callable[..., Client]
) -> None:
    mine, theirs = typed(summary="Mon résumé à moi."), typed(summary="Leur résumé à eux.")
    other = visit(in_saran, UserFactory(role=Role.ADMINISTRATOR, public_name="Camille"), stays=True)
    assert other.post(EDIT, theirs).status_code == 302
    answer = desk.post(EDIT, mine)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Camille a enregistré cette page" in page
    assert "Mon résumé à moi." in page
    assert "Leur" in page
    assert ecology().summary == "Leur résumé à eux."
    # Now that both texts were before their eyes, saving is a decision.
    assert 'name="revision" value="2"' in page
    assert desk.post(EDIT, {**mine, "revision": 2}).status_code == 302
    assert ecology().summary == "Mon résumé à moi."


def test_two_at_once_never_overwrite_each_other(real_db: str) -> None:
    saran = Municipality.objects.get(slug="saran")

    def edit(words: str) -> bool:
        try:
            with schema_context(saran.schema_name):
                services.edit_challenge(challenge=ecology(), actor=None, revision=1, summary=words)
            return True
        except services.ChangedMeanwhile:
            return False
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as four:
        outcomes = list(four.map(edit, ["un", "deux", "trois", "quatre"]))
    assert outcomes.count(True) == 1
    with schema_context(saran.schema_name):
        assert ecology().revision == 2


def test_a_figure_has_its_source_whoever_writes_it(in_saran: Municipality) -> None:
    bare = [{"value": "19", "label": "jours"}]
    with pytest.raises(services.FigureWithoutSource):
        services.edit_challenge(challenge=ecology(), actor=None, revision=1, figures=bare)
    Challenge.objects.filter(slug="ecologie").update(figures=bare)
    # One that stood there before holds back no other change.
    services.edit_challenge(challenge=ecology(), actor=None, revision=1, figures=bare, summary="Autre.")
    assert ecology().summary == "Autre."


# ── Validating ───────────────────────────────────────────────────────────────


def test_a_city_validates_what_it_read_and_takes_it_back(desk: Client) -> None:
    Challenge.objects.update(validated_at=None)
    for _time in range(2):
        desk.post(f"{PAGE}valider/", {"revision": 1})
    assert ecology().is_validated
    assert 'class="is-good"' in desk.get(LIST).content.decode()
    assert AuditEntry.objects.filter(action="challenge_validated", actor__public_name="Dominique").count() == 1
    for _time in range(2):
        desk.post(f"{PAGE}invalider/")
    assert not ecology().is_validated
    assert AuditEntry.objects.filter(action="challenge_unvalidated").count() == 1


@pytest.mark.parametrize("revision", ["1", "", "x", "99999999999999", "-1"])
def test_a_text_that_changed_since_is_not_validated(desk: Client, revision: str) -> None:
    Challenge.objects.update(validated_at=None, revision=2)
    answer = desk.post(f"{PAGE}valider/", {"revision": revision}, follow=True)
    assert says(answer, ChangedMeanwhile)
    assert not ecology().is_validated


def test_changing_the_text_asks_for_validation_again_and_changing_nothing_does_not(desk: Client) -> None:
    assert "sera à valider de nouveau" in desk.get(EDIT).content.decode()
    desk.post(EDIT, typed())
    assert ecology().is_validated
    desk.post(EDIT, typed(why="Un autre pourquoi."))
    assert not ecology().is_validated


# ── Order ────────────────────────────────────────────────────────────────────


def test_challenges_move_up_and_down_and_stop_at_the_ends(desk: Client) -> None:
    first, second, third, *others = order()
    desk.post(f"{LIST}{second}/deplacer/", {"way": "up"})
    assert order() == [second, first, third, *others]
    desk.post(f"{LIST}{second}/deplacer/", {"way": "up"})
    assert order() == [second, first, third, *others]
    desk.post(f"{LIST}{second}/deplacer/", {"way": "down"})
    assert order() == [first, second, third, *others]
    desk.post(f"{LIST}{others[-1]}/deplacer/", {"way": "down"})
    assert order() == [first, second, third, *others]
    assert ecology().is_validated


def test_two_with_the_same_place_can_still_be_parted(desk: Client) -> None:
    Challenge.objects.update(position=1)
    first, second, *_others = order()
    desk.post(f"{LIST}{first}/deplacer/", {"way": "down"})
    assert order()[:2] == [second, first]


# ── Adding and removing ──────────────────────────────────────────────────────


def test_a_challenge_of_ones_own_comes_last_and_once(desk: Client) -> None:
    given = {
        "theme": "SOCIETY",
        "label": "Écologie",
        "question": "Comment mieux vivre ensemble le dimanche ?",
        "guiding_questions": "Où ?\nQuand ?",
    }
    for _time in range(2):
        assert desk.post("/gestion/consultations/territoires-resilients/ajouter-un-defi/", given).status_code == 302
    assert order()[6:] == ["ecologie-2"]
    added = Challenge.objects.get(slug="ecologie-2")
    assert added.template_code == ""
    assert added.guiding_questions == ["Où ?", "Quand ?"]
    assert not added.is_validated
    assert "écrit par vous" in desk.get(LIST).content.decode()


def test_there_is_a_most(desk: Client) -> None:
    consultation = Consultation.objects.get()
    Challenge.objects.bulk_create(
        Challenge(consultation=consultation, slug=f"n-{number}", position=number, label="x", question="y")
        for number in range(7, services.MAX + 1)
    )
    answer = desk.post(
        "/gestion/consultations/territoires-resilients/ajouter-un-defi/",
        {"theme": "WORK", "label": "Un de trop", "question": "Comment ?" * 2},
    )
    assert answer.status_code == 422
    assert str(services.TooManyChallenges.message) in answer.content.decode()
    assert "/gestion/consultations/territoires-resilients/ajouter-un-defi/" not in desk.get(LIST).content.decode()


@pytest.mark.parametrize("written", [ProposalFactory, DraftFactory])
def test_a_challenge_on_which_somebody_wrote_stays(desk: Client, written: Any) -> None:
    written(challenge=ecology(), author=UserFactory())
    assert f"{PAGE}retirer/" not in desk.get(PAGE).content.decode()
    answer = desk.post(f"{PAGE}retirer/", follow=True)
    assert str(services.ChallengeInUse.message) in answer.content.decode()
    assert Challenge.objects.filter(slug="ecologie").exists()


def test_a_challenge_nobody_wrote_on_is_removed(desk: Client) -> None:
    assert desk.post(f"{PAGE}retirer/").status_code == 302
    assert "ecologie" not in order()
    assert desk.post(f"{PAGE}retirer/").status_code == 404
    assert AuditEntry.objects.filter(action="challenge_removed").count() == 1


def test_the_list_costs_the_same_for_two_challenges_as_for_ten(
    desk: Client,
) -> None:
    Challenge.objects.exclude(slug__in=["ecologie", "sante"]).delete()
    desk.get(LIST)  # from now on the session knows which consultation is worked on
    with CaptureQueriesContext(connection) as two:
        desk.get(LIST)
    consultation = Consultation.objects.get()
    template = ecology()
    Challenge.objects.bulk_create(
        Challenge(
            consultation=consultation,
            slug=f"n-{number}",
            position=number,
            label="x",
            question="y",
            template_set=template.template_set,
            template_code="travail",
            template_version=template.template_version,
        )
        for number in range(8)
    )
    desk.get(LIST)  # what was written above is noted before it
    with CaptureQueriesContext(connection) as ten:
        desk.get(LIST)
    assert len(ten) == len(two)
