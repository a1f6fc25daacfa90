"""The desk of a city with several consultations: the list, the switch, and pages that belong to one."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from consultations.framing.backoffice.listing import _how_many
from consultations.framing.enums import ConsultationState
from consultations.framing.models import Consultation
from consultations.framing.services.closing import archive_consultation, close_consultation
from consultations.framing.services.preparing import give_up
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.framing.factories import make_ready
from tests.framing.test_several import archived, closed, fresh, on_the_home, opened, prepared, state, the_first
from tests.support.addresses import addresses
from tests.support.pages import unread

pytestmark = pytest.mark.usefixtures("in_saran")

LIST = "/gestion/consultations/"


@pytest.fixture
def desk(visit: Callable[..., Client], in_saran: Municipality) -> Client:
    return visit(in_saran, UserFactory(administrator=True), stays=True)


def of(consultation: Consultation, page: str = "") -> str:
    return f"{LIST}{consultation.slug}/{page}"


def test_the_list_says_where_each_is_and_who_sees_it(desk: Client, in_saran: Municipality) -> None:
    opened(in_saran, "Nos rues")
    prepared(in_saran, "Le parc")
    closed(in_saran, "Le bourg")
    archived(in_saran, "La gare")
    page = desk.get(LIST).text
    main = page.partition("<main")[2]
    assert "Quatre consultations, dont deux ouvertes" in main
    assert "Archives : une consultation" in main.replace("\u00a0", " ")
    for words in ("sur la page d’accueil", "votre équipe seulement", "tout le monde peut la lire, on n’y écrit plus"):
        assert words in main
    assert "La gare" not in main.partition("Archives")[0]


def test_where_all_are_open_the_title_says_so() -> None:
    said = [_how_many(every, every) for every in (1, 2, 3)]
    assert said == [
        "Une consultation, qui est ouverte",
        "Deux consultations, toutes deux ouvertes",
        "Trois consultations, toutes ouvertes",
    ]


def test_an_observer_reads_the_list_and_changes_nothing(visit: Callable[..., Client], in_saran: Municipality) -> None:
    new = prepared(in_saran)
    client = visit(in_saran, UserFactory(role=Role.OBSERVER), stays=True)
    page = client.get(LIST).text
    assert new.title in page
    assert "<form" not in page.partition("<main")[2]
    assert "preparer-une-consultation" not in page
    for path in ("abandonner/", "cadre/", "prolonger/", "mettre-en-avant/"):
        assert client.post(of(new, path)).status_code == 404
    assert client.post("/gestion/preparer-une-consultation/vide/").status_code == 404


def test_the_switch_leads_to_each_and_says_which_one_is_worked_on(desk: Client, in_saran: Municipality) -> None:
    first, new, old = the_first(), prepared(in_saran), archived(in_saran, "La gare")
    page = desk.get(of(new)).text
    switch = page.partition('<details class="menu switch">')[2].partition("</details>")[0]
    assert f'<span class="switch__name">{new.title}</span>' in switch
    for each in (first, new):
        assert f'href="{of(each)}"' in switch
    assert old.title not in switch
    # The menu leads to pages of the same one.
    for path in ("cadre/", "defis/", "propositions/reunir/"):
        assert f'href="{of(new, path)}"' in page.partition("<main")[0]
        assert desk.get(of(new, path)).status_code == 200
    assert f'href="{of(first, "cadre/")}"' in desk.get(of(first)).text.partition("<main")[0]


def test_the_one_chosen_stays_over_pages_that_belong_to_none(desk: Client, in_saran: Municipality) -> None:
    first, new = the_first(), prepared(in_saran)
    shown = '<span class="switch__name">{}</span>'.format
    assert 'href="/gestion/"' in desk.get("/gestion/journal/").text
    desk.get(of(new))
    for path in ("contributions/", "equipe/", "journal/", "reglages/", ""):
        page = desk.get(f"/gestion/{path}").text
        assert shown(new.title) in page, path
        assert f'href="{of(new)}"' in page.partition('class="desk__')[2], path
    desk.get(of(first))
    assert shown(first.title) in desk.get("/gestion/journal/").text
    # Given up, it is nobody's any more.
    desk.get(of(new))
    give_up(consultation=new, actor=UserFactory())
    assert shown(first.title) in desk.get("/gestion/journal/").text


def test_two_tabs_on_two_consultations_do_not_mix(desk: Client, in_saran: Municipality) -> None:
    first, new = the_first(), prepared(in_saran)
    desk.get(of(first, "documents/"))
    answer = desk.post(of(new, "documents/"), {"title": "Le plan", "text": "Des mots."})
    assert answer.headers["Location"] == of(new, "documents/")
    assert [each.title for each in new.documents.all()] == ["Le plan"]
    assert not first.documents.exists()
    # Nor is the challenge of one found at the address of another.
    assert desk.get(of(first, "defis/ecologie-2/")).status_code == 404
    assert desk.get(of(new, "defis/ecologie-2/")).status_code == 200


@pytest.mark.parametrize(
    ("start", "given"),
    [
        ("jeu", {"start": "territoires-resilients"}),
        ("passee", {"start": "territoires-resilients"}),
        ("vide", {"question": "Que faire de nos rues ?"}),
    ],
)
def test_one_is_begun_in_one_of_three_ways(desk: Client, start: str, given: dict[str, str]) -> None:
    path = f"/gestion/preparer-une-consultation/{start}/"
    assert desk.get(path).status_code == 200
    answer = desk.post(path, {"title": "Nos rues", **given}, follow=True)
    new = Consultation.objects.get(slug="nos-rues")
    assert answer.redirect_chain[-1][0] == of(new)
    assert "votre équipe est seule à la voir" in answer.text
    assert new.challenges.count() == (0 if start == "vide" else 6)


@pytest.mark.parametrize("start", ["jeu", "passee", "vide"])
def test_what_is_typed_wrong_stays_with_what_to_mend(desk: Client, start: str) -> None:
    answer = desk.post(
        f"/gestion/preparer-une-consultation/{start}/", {"title": "N", "start": "autre", "question": "Q"}
    )
    assert answer.status_code == 422
    assert 'value="N"' in answer.text
    assert Consultation.objects.count() == 1
    assert desk.get("/gestion/preparer-une-consultation/ailleurs/").status_code == 404


def test_a_consultation_is_prepared_beside_another_and_opened(desk: Client, in_saran: Municipality) -> None:
    new = make_ready(prepared(in_saran))
    assert of(new, "ouverture/") in desk.get(of(new)).text
    assert of(new, "ouvrir/") in desk.get(of(new, "ouverture/")).text
    answer = desk.post(of(new, "ouvrir/"), follow=True)
    assert state(new) == ConsultationState.OPEN
    assert answer.redirect_chain[-1][0] == of(new)
    assert on_the_home() == the_first().title


def test_another_one_is_put_forward(desk: Client, in_saran: Municipality) -> None:
    new, hidden = opened(in_saran), prepared(in_saran, "Le parc")
    assert of(new, "mettre-en-avant/") in desk.get(LIST).text
    assert "La page d’accueil montre" in desk.post(of(new, "mettre-en-avant/"), follow=True).text
    assert on_the_home() == new.title
    assert "n’est pas encore ouverte" in desk.post(of(hidden, "mettre-en-avant/"), follow=True).text


def test_one_is_prolonged_to_a_later_moment_only(desk: Client, in_saran: Municipality) -> None:
    new, until = opened(in_saran), timezone.localtime() + timedelta(days=60)
    assert desk.get(of(new, "prolonger/")).status_code == 200
    sent = {"until": (until - timedelta(days=58)).strftime("%Y-%m-%dT%H:%M")}
    refused = desk.post(of(new, "prolonger/"), sent)
    assert refused.status_code == 422
    assert "Choisissez une fin plus tardive" in refused.text
    desk.post(of(new, "prolonger/"), {"until": until.strftime("%Y-%m-%dT%H:%M")})
    assert fresh(new).phases.get(kind="PROPOSE").closes_at == until.replace(second=0, microsecond=0)
    early = prepared(in_saran, "Le parc")
    assert "n’est pas encore ouverte" in desk.post(of(early, "prolonger/"), sent).text


def test_one_is_closed_then_archived_then_taken_out_again(desk: Client, in_saran: Municipality) -> None:
    new = opened(in_saran)
    assert "est ouverte : commencez par la clore" in desk.post(of(new, "archiver/")).text.replace("\u00a0", " ")
    assert "prévenues" in desk.get(of(new, "clore/")).text
    desk.post(of(new, "clore/"))
    assert state(new) == ConsultationState.CLOSED
    assert "quiet_home" not in desk.get(of(new, "archiver/")).text
    desk.post(of(new, "archiver/"))
    assert state(new) == ConsultationState.ARCHIVED
    desk.post(of(new, "desarchiver/"))
    assert state(new) == ConsultationState.CLOSED


def test_the_only_one_on_the_home_is_archived_knowingly(desk: Client) -> None:
    first = the_first()
    close_consultation(consultation=first, actor=None, at=timezone.now())
    assert "quiet_home" in desk.get(of(first, "archiver/")).text
    refused = desk.post(of(first, "archiver/"))
    assert refused.status_code == 422
    assert "aucune autre n’est ouverte" in refused.text
    desk.post(of(first, "archiver/"), {"quiet_home": "on"})
    assert state(first) == ConsultationState.ARCHIVED
    assert "dit qu’aucune consultation n’est ouverte" in desk.get(LIST).text
    assert desk.get("/gestion/").status_code == 200


def test_one_in_preparation_is_given_up_and_what_is_sent_to_it_gets_a_sentence(
    desk: Client, in_saran: Municipality
) -> None:
    new = prepared(in_saran)
    assert "effacés" in desk.get(of(new, "abandonner/")).text
    desk.post(of(new, "abandonner/"))
    assert not Consultation.objects.filter(pk=new.pk).exists()
    for path in ("cadre/", "documents/", "defis/ecologie-2/", "defis/ecologie-2/valider/", "ouvrir/", "clore/"):
        answer = desk.post(of(new, path), {"title": "Autre"}, follow=True)
        assert "Cette consultation n’existe plus" in answer.text, path
        assert desk.get(of(new, "cadre/")).status_code == 404
    assert desk.post(of(the_first(), "abandonner/")).status_code == 422


def test_what_is_sent_to_an_archived_one_is_refused_and_given_back(desk: Client, in_saran: Municipality) -> None:
    old = archived(in_saran)
    words = "Une raison longuement pesée, qui parle de l’eau."
    for path, given in (
        ("documents/", {"title": "Le plan de la rivière", "text": words}),
        ("defis/ecologie-2/valider/", {"revision": "1"}),
        ("documents/aucun/", {}),
        ("mettre-en-avant/", {}),
        # Forms with much missing: that it is archived is said first.
        ("cadre/", {"introduction": words, "text": words}),
        ("ajouter-un-defi/", {"why": words, "text": words}),
        ("prolonger/", {"until": "hier"}),
    ):
        answer = desk.post(of(old, path), given, follow=True)
        assert answer.status_code == 409, path
        assert "Cette consultation est archivée" in answer.text, path
        assert given.get("text", "") in answer.text
    assert not old.documents.exists()


def test_no_page_of_an_archived_one_takes_a_form_but_those_that_are_marked(
    desk: Client, in_saran: Municipality
) -> None:
    old = archived(in_saran)
    challenge = old.challenges.order_by("pk")[0]
    values = {"consultation": old.slug, "slug": challenge.slug, "challenge": challenge.slug, "field": "why"}
    taken = set()
    for each in addresses(settings.ROOT_URLCONF):
        if not each.route.startswith("gestion/consultations/<") or "consultation" not in each.route:
            continue
        Consultation.objects.filter(pk=old.pk).update(archived_at=timezone.now())  # the last may have taken it out
        values["kind"] = "xlsx" if "xlsx" in each.route else "groups"
        path = reverse(
            each.name, kwargs={name: values.get(name, 1) for name in re.findall(r"<(?:\w+:)?(\w+)>", each.route)}
        )
        with unread():
            answer = desk.post(path)
        if answer.status_code not in (405, 409):
            taken.add(each.name)
    # Projects of an archived one go on; none begins.
    projects = {name for name in taken if name.startswith(("desk_project", "desk_step"))}
    assert not projects & {"desk_project_new", "desk_project_preview", "desk_project_picture"}
    # Its figures may be shown to everybody, or no longer: nothing of what people wrote changes by it.
    assert taken - projects == {"desk_archive", "desk_unarchive", "desk_line", "desk_figures_set"}


@pytest.mark.parametrize(
    ("former", "present"),
    [
        ("consultation/", "cadre/"),
        ("consultation/documents/", "documents/"),
        ("consultation/ouvrir/", "ouvrir/"),
        ("defis/", "defis/"),
        ("defis/ecologie/", "defis/ecologie/"),
        ("defis/ecologie/bibliotheque/", "defis/ecologie/bibliotheque/"),
        ("ajouter-un-defi/?x=1", "ajouter-un-defi/?x=1"),
    ],
)
def test_addresses_of_before_lead_on(desk: Client, in_saran: Municipality, former: str, present: str) -> None:
    answer = desk.get(f"/gestion/{former}")
    assert (answer.status_code, answer.headers["Location"]) == (302, of(the_first(), present))
    # What a page of before posts is not lost.
    assert desk.post(f"/gestion/{former}").status_code == 307


def test_an_address_of_before_leads_a_challenge_to_its_own_consultation(desk: Client, in_saran: Municipality) -> None:
    new = prepared(in_saran)
    assert desk.get("/gestion/defis/ecologie-2/").headers["Location"] == of(new, "defis/ecologie-2/")
    assert desk.get("/gestion/defis/nulle-part/").status_code == 404


def test_the_desk_opens_on_the_home_s_else_on_what_is_prepared(desk: Client, in_saran: Municipality) -> None:
    first, new = the_first(), prepared(in_saran)
    assert f'<span class="switch__name">{first.title}</span>' in desk.get("/gestion/").text
    close_consultation(consultation=first, actor=None, at=timezone.now())
    archive_consultation(consultation=first, actor=None, at=timezone.now(), quiet_home=True)
    assert f'<span class="switch__name">{new.title}</span>' in desk.get("/gestion/").text
    give_up(consultation=new, actor=UserFactory())
    assert f'<span class="switch__name">{first.title}</span>' in desk.get("/gestion/").text


def test_a_city_without_any_is_led_to_begin_one(desk: Client) -> None:
    Consultation.objects.all().delete()
    assert f'href="{LIST}#preparer"' in desk.get("/gestion/").text
    assert desk.get(LIST).status_code == 200
    assert desk.get("/gestion/consultation/").status_code == 404


def test_the_list_and_the_switch_cost_the_same_at_two_and_at_ten(desk: Client, in_saran: Municipality) -> None:
    def queries(path: str) -> int:
        desk.get(path)
        with CaptureQueriesContext(connection) as found:
            assert desk.get(path).status_code == 200
        return len(found)

    def another(number: int, **given: Any) -> None:
        Consultation.objects.create(slug=f"c{number}", title=f"C {number}", question="Quoi ?", **given)

    another(0)
    another(1, opened_at=timezone.now())
    before = [queries(LIST), queries("/gestion/"), queries("/gestion/journal/")]
    for number in range(2, 10):
        another(number, opened_at=timezone.now() if number % 2 else None)
    assert [queries(LIST), queries("/gestion/"), queries("/gestion/journal/")] == before


def test_two_people_who_change_its_dates_see_each_other(
    visit: Callable[..., Client], desk: Client, in_saran: Municipality
) -> None:
    new = make_ready(prepared(in_saran))
    mine, theirs = ({name: form[name].value() for name in form.fields} for form in forms_of(desk, new))
    at = timezone.localtime() + timedelta(days=3)
    theirs |= {
        "opens_at": at.strftime("%Y-%m-%dT%H:%M"),
        "closes_at": (at + timedelta(days=40)).strftime("%Y-%m-%dT%H:%M"),
    }
    assert desk.post(of(new, "cadre/"), posted(theirs)).status_code == 302
    mine["introduction"] = "Une introduction longuement pesée."
    refused = desk.post(of(new, "cadre/"), posted(mine))
    assert refused.status_code == 409
    assert "Une introduction longuement pesée." in refused.text
    assert "a enregistré cette page pendant que vous écriviez." in refused.text
    assert fresh(new).phases.get(kind="PROPOSE").opens_at == at.replace(second=0, microsecond=0)
    again = posted(mine) | {"revision": refused.context["form"]["revision"].value()}
    assert desk.post(of(new, "cadre/"), again).status_code == 302
    assert fresh(new).introduction == "Une introduction longuement pesée."


def forms_of(desk: Client, consultation: Consultation) -> list[Any]:
    return [desk.get(of(consultation, "cadre/")).context["form"] for _unused in range(2)]


def posted(values: dict[str, Any]) -> dict[str, str]:
    """As a browser sends it."""
    return {
        name: value.strftime("%Y-%m-%dT%H:%M") if hasattr(value, "hour") else str(value or "")
        for name, value in values.items()
    }
