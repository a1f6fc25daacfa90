"""A city's neighbourhoods: a list that it edits, chosen from, filtered and counted by; without one all is typed."""

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.listing import list_neighbourhoods
from accounts.models import AuditEntry, Neighbourhood
from accounts.neighbourhoods import NeighbourhoodRefused, choose_neighbourhood, key_of_place
from consultations.framing.models import Consultation
from consultations.participation.models import Draft, Proposal, Reaction
from consultations.participation.selectors.places import figures_by_place
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.participation.factories import ArgumentFactory, DraftFactory, ProposalFactory

NAMES = ["Centre-ville", "Le Bourg", "Sacré-Cœur"]
OTHER = "Autre, ou pas de quartier"


def listed() -> list[str]:
    return list(Neighbourhood.objects.order_by("position").values_list("name", flat=True))


def options(page: str, name: str) -> list[str]:
    """What a select of that name offers."""
    select = re.search(rf'<select[^>]*name="{name}".*?</select>', page, re.DOTALL)
    return (
        [" ".join(each.split()) for each in re.findall(r"<option[^>]*>(.*?)</option>", select[0], re.DOTALL)]
        if select
        else []
    )


@pytest.mark.parametrize("typed", ["centre ville", "CENTRE-VILLE", "Centré Ville", " Centre-Ville "])
def test_the_same_word_has_the_same_key(typed: str) -> None:
    assert key_of_place(typed) == key_of_place("Centre-ville")
    assert key_of_place("sacre coeur") == key_of_place("Sacré-Cœur")
    assert key_of_place("Centre") != key_of_place("Centre-ville")
    assert key_of_place("") == ""


def test_the_desk_edits_the_list(in_saran: Municipality, visit: Callable[..., Client]) -> None:
    desk = visit(in_saran, UserFactory(administrator=True), stays=True)
    answer = desk.post("/gestion/quartiers/", {"names": "Centre-ville\r\n\r\n  Le Bourg \r\nle bourg"}, follow=True)
    assert "Vos quartiers sont enregistrés." in answer.content.decode()
    assert listed() == ["Centre-ville", "Le Bourg"]
    desk.post("/gestion/quartiers/", {"names": "Centre-ville\nLe Bourg"})
    assert AuditEntry.objects.filter(action="neighbourhoods_listed").count() == 1
    answer = desk.post("/gestion/quartiers/", {"names": "Le Bourg\nhttps://saran.fr"})
    assert answer.status_code == 422
    assert "Ligne 2" in answer.content.decode()
    assert listed() == ["Centre-ville", "Le Bourg"]
    desk.post("/gestion/quartiers/", {"names": ""})
    assert listed() == []


def test_the_profile_chooses_from_the_list_and_keeps_what_was_typed(
    in_saran: Municipality, visit: Callable[..., Client]
) -> None:
    person = UserFactory(neighbourhood="Les Aulnaies")
    client = visit(in_saran, person, stays=True)
    assert 'name="neighbourhood" value="Les Aulnaies"' in client.get("/compte/").content.decode()
    list_neighbourhoods(names=NAMES, actor=None)
    assert options(client.get("/compte/").content.decode(), "neighbourhood") == [OTHER, *NAMES, "Les Aulnaies"]
    said = {"public_name": person.public_name, "capacity": "RESIDENT", "age_band": ""}
    for words, kept in [
        ("Les Aulnaies", "Les Aulnaies"),
        ("Ailleurs", "Les Aulnaies"),
        ("Le Bourg", "Le Bourg"),
        ("Les Aulnaies", "Le Bourg"),
        ("", ""),
    ]:
        client.post("/compte/", {**said, "neighbourhood": words})
        person.refresh_from_db()
        assert person.neighbourhood == kept, words


def test_what_was_typed_in_other_letters_is_chosen_already(
    in_saran: Municipality, visit: Callable[..., Client]
) -> None:
    list_neighbourhoods(names=NAMES, actor=None)
    page = visit(in_saran, UserFactory(neighbourhood="SACRE COEUR"), stays=True).get("/compte/").content.decode()
    assert options(page, "neighbourhood") == [OTHER, *NAMES]
    assert re.search(r'<option value="Sacré-Cœur" selected', page)


def test_a_proposals_details_choose_from_the_list(in_saran: Municipality, visit: Callable[..., Client]) -> None:
    person = UserFactory()
    draft = DraftFactory(author=person)
    client, path = visit(in_saran, person, stays=True), reverse("draft_review", args=[draft.pk])
    assert not options(client.get(path).content.decode(), "neighbourhood")
    list_neighbourhoods(names=NAMES, actor=None)
    assert options(client.get(path).content.decode(), "neighbourhood") == [OTHER, *NAMES]
    client.post(path, {"neighbourhood": "Ailleurs", "details": "1"})
    assert Draft.objects.get(pk=draft.pk).neighbourhood == ""
    client.post(path, {"neighbourhood": "Le Bourg", "details": "1"})
    assert Draft.objects.get(pk=draft.pk).neighbourhood == "Le Bourg"


def test_services_ask_the_list_as_forms_do(in_saran: Municipality) -> None:
    choose_neighbourhood("Les Aulnaies")
    list_neighbourhoods(names=NAMES, actor=None)
    choose_neighbourhood("Le Bourg")
    choose_neighbourhood("")
    choose_neighbourhood("Les Aulnaies", before="Les Aulnaies")
    with pytest.raises(NeighbourhoodRefused):
        choose_neighbourhood("Les Aulnaies")


def test_the_list_of_proposals_is_filtered_and_counts_by_it(
    in_saran: Municipality, visit: Callable[..., Client]
) -> None:
    for title, place in [
        ("La première", "Centre-ville"),
        ("La deuxième", "CENTRE VILLE"),
        ("La troisième", "Les Aulnaies"),
        ("La quatrième", ""),
    ]:
        ProposalFactory(title=title, neighbourhood=place)
    ProposalFactory(title="La cachée", neighbourhood="Centre-ville", status="HIDDEN")
    reader = visit(in_saran, stays=True)
    assert not options(reader.get("/propositions/").content.decode(), "quartier")
    list_neighbourhoods(names=NAMES, actor=None)
    offered = options(reader.get("/propositions/").content.decode(), "quartier")
    assert offered == ["Tous les quartiers", "Centre-ville (2)", "Le Bourg (0)", "Sacré-Cœur (0)", f"{OTHER} (2)"]

    def found(key: str) -> set[str]:
        page = reader.get("/propositions/", {"quartier": key}).content.decode()
        return {title for title in ("La première", "La deuxième", "La troisième", "La quatrième") if title in page}

    assert found("centre-ville") == {"La première", "La deuxième"}
    assert found("le-bourg") == set()
    assert found("-") == {"La troisième", "La quatrième"}
    assert len(found("")) == 4
    assert found("lune") == set(), "what nobody named is not as if nothing had been asked"
    assert "Aucune proposition ne correspond" in reader.get("/propositions/?quartier=lune").content.decode()
    # What people have typed is read as they typed it.
    assert Proposal.objects.filter(neighbourhood="CENTRE VILLE").exists()


def test_the_desk_reads_what_each_neighbourhood_says_and_too_few_people_are_not_counted(
    in_saran: Municipality, visit: Callable[..., Client]
) -> None:
    consultation = Consultation.objects.get()
    assert figures_by_place(consultation) == []
    list_neighbourhoods(names=NAMES, actor=None)
    about = ProposalFactory(neighbourhood="Centre-ville", author=UserFactory(neighbourhood="le bourg"))
    ProposalFactory(neighbourhood="Sacré-Cœur", status="HIDDEN", author=UserFactory(neighbourhood="Le Bourg"))
    ArgumentFactory(proposal=about, author=UserFactory(neighbourhood="Le Bourg"))
    ArgumentFactory(proposal=about, status="HIDDEN", author=UserFactory(neighbourhood="Le Bourg"))
    for role in ["PARTICIPANT"] * 2 + ["FACILITATOR"]:
        person = UserFactory(neighbourhood="LE BOURG", role=role)
        for proposal in (about, ProposalFactory(neighbourhood="Ailleurs")):
            Reaction.objects.create(proposal=proposal, user=person, value="LIKE")

    def said() -> list[tuple[str, int, int, int | None]]:
        return [(each.name, each.proposals, each.arguments, each.people) for each in figures_by_place(consultation)]

    rows = [("Centre-ville", 1, 1, None), ("Le Bourg", 0, 0, None), ("Sacré-Cœur", 0, 0, None), ("", 3, 0, None)]
    assert said() == rows
    Reaction.objects.create(proposal=about, user=UserFactory(neighbourhood="Le Bourg"), value="LIKE")
    rows[1] = ("Le Bourg", 0, 0, 5)
    assert said() == rows
    desk = visit(in_saran, UserFactory(administrator=True), stays=True)
    page = " ".join(desk.get("/gestion/quartiers/").content.decode().split())
    assert page.count("moins de 5</td>") == 3
    assert (
        '<th scope="row">Le Bourg</th> <td class="number">0</td> <td class="number">0</td> <td class="number">5</td>'
        in page
    )


def test_a_byline_tells_where_somebody_lives_from_what_a_proposal_is_about(
    in_saran: Municipality, visit: Callable[..., Client]
) -> None:
    author = UserFactory(capacity="RESIDENT", neighbourhood="Bel-Air")
    path = ProposalFactory(author=author, neighbourhood="Les Guettes").get_absolute_url()
    page = visit(in_saran, stays=True).get(path).content.decode()
    byline = " ".join(page.split('class="byline"', 1)[1].split("</p>", 1)[0].split())
    assert "habite ici (Bel-Air)" in byline
    assert "<span>quartier concerné : Les Guettes</span>" in byline


# ── One that leaves the list ──────────────────────────────────────────────────


def desk_of(city: Municipality, visit: Callable[..., Client]) -> Client:
    return visit(city, UserFactory(administrator=True), stays=True)


def test_a_renamed_neighbourhood_says_who_has_it_and_offers_to_carry_them_over(
    in_saran: Municipality, visit: Callable[..., Client]
) -> None:
    list_neighbourhoods(names=NAMES, actor=None)
    proposals = [ProposalFactory(neighbourhood=words) for words in ("Centre-ville", "centre ville", "Le Bourg")]
    people = [UserFactory(neighbourhood="Centre-ville") for _unused in range(2)]
    draft = DraftFactory(neighbourhood="Centre-ville")
    desk, typed = desk_of(in_saran, visit), {"names": "Centre ancien\nLe Bourg\nSacré-Cœur"}
    answer = desk.post("/gestion/quartiers/", typed)
    page = answer.content.decode().replace("\u00a0", " ")
    assert answer.status_code == 422
    assert "2 propositions et moins de cinq personnes disent « Centre-ville »" in page
    assert options(answer.content.decode(), "becomes_0")[0] == "Il devient « Centre ancien »"
    assert listed() == NAMES
    assert desk.post("/gestion/quartiers/", {**typed, "becomes_0": "Centre ancien"}).status_code == 302
    assert listed() == typed["names"].split("\n")
    said = Proposal.objects.order_by("pk").values_list("neighbourhood", flat=True)
    assert list(said) == ["Centre ancien", "Centre ancien", "Le Bourg"]
    assert len(proposals) == 3
    for row in (*people, draft):
        row.refresh_from_db()
        assert row.neighbourhood == "Centre ancien"
    assert AuditEntry.objects.filter(action="neighbourhoods_listed").latest("pk").details["moved"] == 5


def test_taking_the_whole_list_away_says_who_keeps_what_they_said(
    in_saran: Municipality, visit: Callable[..., Client]
) -> None:
    list_neighbourhoods(names=NAMES, actor=None)
    ProposalFactory(neighbourhood="Le Bourg")
    desk = desk_of(in_saran, visit)
    answer = desk.post("/gestion/quartiers/", {"names": ""})
    assert answer.status_code == 422
    assert options(answer.content.decode(), "becomes_0") == ["Il reste tel qu’il a été écrit"]
    assert desk.post("/gestion/quartiers/", {"names": "", "becomes_0": "-"}).status_code == 302
    assert listed() == []
    assert Proposal.objects.get().neighbourhood == "Le Bourg"


def test_many_are_carried_over_a_batch_at_a_time(in_saran: Municipality, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("accounts.listing._BATCH", 2)
    list_neighbourhoods(names=["Centre"], actor=None)
    for _unused in range(5):
        ProposalFactory(neighbourhood="Centre")
    list_neighbourhoods(names=["Bourg"], actor=None, moves={"centre": "Bourg"})
    assert set(Proposal.objects.order_by("pk").values_list("neighbourhood", flat=True)) == {"Bourg"}


@pytest.mark.parametrize("name", ["Autre", "autre", OTHER])
def test_what_stands_for_none_of_the_list_is_no_name_in_it(in_saran: Municipality, name: str) -> None:
    with pytest.raises(NeighbourhoodRefused):
        list_neighbourhoods(names=["Le Bourg", name], actor=None)
    assert listed() == []


def test_lines_are_counted_as_they_stand_and_what_is_merged_is_said(
    in_saran: Municipality, visit: Callable[..., Client]
) -> None:
    desk = desk_of(in_saran, visit)
    assert "40 signes" in desk.get("/gestion/quartiers/").content.decode()
    page = desk.post("/gestion/quartiers/", {"names": "Le Bourg\n\n\nhttps://saran.fr"}).content.decode()
    assert "Ligne 4" in page
    page = desk.post("/gestion/quartiers/", {"names": "Le Bourg\nle bourg"}, follow=True).content.decode()
    assert "Des lignes disaient le même quartier" in page


def test_a_form_that_was_open_with_a_choice_that_is_gone_says_so_and_keeps_its_text(
    in_saran: Municipality, visit: Callable[..., Client]
) -> None:
    list_neighbourhoods(names=NAMES, actor=None)
    person = UserFactory()
    client = visit(in_saran, person, stays=True)
    list_neighbourhoods(names=["Le Bourg"], actor=None)
    answer = client.post(
        "/compte/", {"public_name": "Un nom tapé", "capacity": "RESIDENT", "neighbourhood": "Centre-ville"}
    )
    page = answer.content.decode().replace("\u00a0", " ")
    assert "« Centre-ville » n’est plus dans la liste de la collectivité" in page
    assert "Un nom tapé" in page
    draft = DraftFactory(author=person)
    path = reverse("draft_review", args=[draft.pk])
    page = client.post(path, {"neighbourhood": "Centre-ville", "details": "1"}).content.decode()
    assert "n’est plus dans la liste" in page
