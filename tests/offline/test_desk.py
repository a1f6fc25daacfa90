"""Offline entry on its page, with and without the script; and receipts on theirs."""

import html
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.enums import Role
from common.templatetags.ui import full_day
from consultations.framing.models import Consultation
from consultations.meetings.backoffice.hooks import entering_url
from consultations.offline import codes
from consultations.offline.models import Entry, Receipt
from consultations.offline.services import entering, own
from consultations.participation.models import Proposal
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.meetings.factories import a_meeting
from tests.offline.factories import SOLUTION, EntryFactory, entered, printed


@pytest.fixture
def desk(visit: Callable[..., Client], in_saran: Municipality) -> Client:
    return visit(in_saran, UserFactory(role=Role.MODERATOR), stays=True)


def page_of(consultation: Consultation) -> str:
    return f"/gestion/consultations/{consultation.slug}/saisie/"


def current() -> Consultation:
    return Consultation.objects.get(is_current=True)


def typed(desk: Client, **given: Any) -> dict[str, Any]:
    initial = desk.get(page_of(current())).context["form"].initial
    sheet = {name: initial[name] for name in ("kind", "given_on", "key", "code", "channel") if name in initial}
    challenge = current().challenges.first()
    assert challenge is not None
    return {"channel": "PAPER", **sheet, "challenge": challenge.pk, "solution": SOLUTION, **given}


def test_a_sheet_is_entered_shown_its_receipt_once_and_not_doubled(desk: Client) -> None:
    assert desk.get("/gestion/saisie/?rendez-vous=4").headers["Location"] == f"{page_of(current())}?rendez-vous=4"
    sheet = typed(desk, meeting="4", place="Marché")
    first = desk.post(page_of(current()), sheet)
    assert codes.shown(sheet["code"]) in first.content.decode()
    desk.post(page_of(current()), sheet)
    assert Proposal.objects.count() == 1
    assert Entry.objects.get().meeting == 4
    after = desk.get(page_of(current())).content.decode()
    assert codes.shown(sheet["code"]) not in after
    assert "Marché" in after


def test_two_who_correct_the_same_sheet_see_each_other(desk: Client) -> None:
    desk.post(page_of(current()), typed(desk))
    address = f"{page_of(current())}{Entry.objects.get().pk}/"
    read = desk.get(address).context["form"].initial
    changed = {"title": read["title"], "problem": "", "benefit": "", "revision": read["revision"]}
    assert desk.post(address, {**changed, "solution": "Planter des tilleuls place du Marché."}).status_code == 302
    late = desk.post(address, {**changed, "solution": "Planter des érables place du Marché."})
    assert late.status_code == 409
    page = late.content.decode()
    assert "a enregistré cette page" in page or "Quelqu’un" in page
    assert "tilleuls" in page
    assert "Planter des érables place du Marché." in page
    assert "tilleuls" in Proposal.objects.get().solution
    revision = late.context["form"].data["revision"]
    again = {**changed, "solution": "Planter des érables place du Marché.", "revision": revision}
    assert desk.post(address, again).status_code == 302
    assert "érables" in Proposal.objects.get().solution


def test_the_script_is_told_what_became_of_each(desk: Client) -> None:
    desk.post(f"{page_of(current())}lot/", {"size": "200"})
    json = {"headers": {"accept": "application/json"}}
    sheet = typed(desk, sheet="7")
    told = desk.post(page_of(current()), sheet, **json).json()
    assert (told["code"], told["pile"], told["printed"]) == (codes.shown(sheet["code"]), "1/200", False)
    assert "Feuille 7" in told["last"]
    refused = desk.post(page_of(current()), typed(desk, sheet="7"), **json)
    assert refused.status_code == 409
    assert refused.json()["first"].endswith(f"/saisie/{Entry.objects.get().pk}/")
    short = desk.post(page_of(current()), typed(desk, solution="Oui"), **json)
    assert short.status_code == 422
    assert "La solution" in short.json()["message"]
    assert Proposal.objects.count() == 1


def test_what_a_colleague_typed_is_not_sent_under_the_name_of_whoever_is_signed_in(desk: Client) -> None:
    store = desk.get(page_of(current())).context["store"]
    sheet, accept = typed(desk), "application/json"
    theirs = {"accept": accept, "x-sheets-of": f"{current().pk}:{UserFactory().pk}"}
    assert desk.post(page_of(current()), sheet, headers=theirs).status_code == 403
    assert not Entry.objects.exists()
    own = {"accept": accept, "x-sheets-of": store}
    assert desk.post(page_of(current()), sheet, headers=own).status_code == 200


def test_the_copy_of_a_page_gets_a_key_of_its_own_and_loses_no_sheet(desk: Client) -> None:
    sheet = typed(desk)
    desk.post(page_of(current()), sheet)
    other = {**sheet, "solution": "Un banc à l’ombre, devant la mairie."}
    told = desk.post(page_of(current()), other, headers={"accept": "application/json"})
    assert (told.status_code, told.json()["anew"].keys()) == (409, {"key", "code"})
    page = desk.post(page_of(current()), other)
    assert page.status_code == 409
    assert "Un banc à l’ombre" in page.content.decode()
    again = {name: page.context["form"][name].value() for name in ("key", "code")}
    assert desk.post(page_of(current()), {**other, **again}).status_code == 200
    assert Proposal.objects.count() == 2


def test_a_sheet_that_was_taken_out_is_told_and_entered_after_all_if_it_is_saved_once_more(desk: Client) -> None:
    entering.set_rule(consultation=current(), read_twice=True, by=UserFactory())
    sheet = typed(desk)
    desk.post(page_of(current()), sheet)
    entry = Entry.objects.get()
    desk.post(f"{page_of(current())}{entry.pk}/retirer/")
    assert "Corriger la feuille" not in desk.get(f"{page_of(current())}{entry.pk}/").content.decode()
    told = desk.post(page_of(current()), sheet, headers={"accept": "application/json"})
    assert (told.status_code, told.json()["anew"].keys()) == (410, {"key", "code"})
    assert "a été retirée" in told.json()["message"]
    assert Entry.objects.count() == 1
    assert desk.post(page_of(current()), {**sheet, **told.json()["anew"]}).status_code == 200
    assert Entry.objects.filter(state="TO_READ").count() == 1


def test_what_is_done_with_a_receipt_is_nobodys_of_the_team_nor_of_the_service(
    visit: Callable[..., Client], in_saran: Municipality
) -> None:
    entry = entered().entry
    own.correct(entry=entry, by=None, at=timezone.now(), solution="Planter des tilleuls rue de la gare.", title="")
    page = visit(in_saran, UserFactory(role=Role.ADMINISTRATOR)).get("/gestion/journal/").content.decode()
    line = page.split("Contribution corrigée par son reçu")[-1][:600]
    assert "La personne qui a le reçu" in line
    assert "Territoires résilients" not in line


def test_a_draft_is_found_however_many_sheets_came_after(desk: Client) -> None:
    desk.post(page_of(current()), typed(desk, solution="À finir demain, avec le papier.", brouillon="oui"))
    draft = Entry.objects.get()
    for number in range(11):
        desk.post(page_of(current()), typed(desk, solution=f"{SOLUTION} Numéro {number}."))
    page = desk.get(page_of(current())).content.decode()
    assert f"?reprendre={draft.pk}" in page
    assert "À finir demain" in desk.get(f"{page_of(current())}?reprendre={draft.pk}").content.decode()


def test_what_the_page_of_a_meeting_knows_nobody_types(desk: Client) -> None:
    yesterday = timezone.localdate() - timedelta(days=1)
    meeting = a_meeting(place="Salle des fêtes", ago=timedelta(days=1))
    initial = desk.get(entering_url(meeting)).context["form"].initial
    known = {name: initial[name] for name in ("meeting", "channel", "place", "given_on")}
    begun = timezone.localdate(meeting.begins_at)
    assert known == {"meeting": meeting.pk, "channel": "WORKSHOP", "place": "Salle des fêtes", "given_on": begun}
    bad = f"{page_of(current())}?rendez-vous=4&jour=hier&lieu={'x' * 999}"
    assert desk.get(bad).status_code == 200
    tomorrow = f"{page_of(current())}?rendez-vous=4&jour={yesterday + timedelta(days=2)}"
    assert desk.get(tomorrow).context["form"].initial["given_on"] == timezone.localdate()


def test_whoever_reads_second_sees_all_that_stands_on_the_paper(
    visit: Callable[..., Client], in_saran: Municipality, desk: Client
) -> None:
    entering.set_rule(consultation=current(), read_twice=True, by=UserFactory())
    desk.post(page_of(current()), typed(desk) | {"name": "Jeanne D.", "place": "Marché", "age_band": "FROM_75"})
    entry = Entry.objects.select_related("challenge").get()
    page = visit(in_saran, UserFactory(role=Role.FACILITATOR)).get(f"{page_of(current())}a-relire/").content.decode()
    assert entry.challenge is not None
    for said in (entry.challenge.label, "Jeanne D.", "Marché", entry.get_age_band_display(), full_day(entry.given_on)):
        assert html.escape(str(said)) in page


def test_a_typing_person_sees_what_is_close_and_corrects_their_last(desk: Client) -> None:
    desk.post(page_of(current()), typed(desk))
    entry = Entry.objects.get()
    asked = {"kind": "ARGUMENT", "about": str(entry.proposal_id)}
    assert SOLUTION[:20] in desk.post(f"{page_of(current())}proches/", asked).content.decode()
    new = {"solution": "Planter des tilleuls rue de la gare.", "problem": "", "benefit": "", "title": ""}
    desk.post(f"{page_of(current())}{entry.pk}/", new)
    assert Proposal.objects.get().solution == new["solution"]


def test_another_city_has_other_sheets(
    visit: Callable[..., Client], in_saran: Municipality, brest: Municipality
) -> None:
    entry = EntryFactory()
    with schema_context(brest.schema_name):
        theirs = visit(brest, UserFactory(role=Role.ADMINISTRATOR), stays=True)
        address = page_of(current())
    assert theirs.get(f"{address}{entry.pk}/").status_code == 404


@pytest.fixture
def resident(visit: Callable[..., Client], in_saran: Municipality) -> Client:
    return visit(in_saran, stays=True)


def test_a_receipt_opens_corrects_and_erases(resident: Client, in_saran: Municipality) -> None:
    made = entered(name="Jeanne D.")
    assert resident.get("/recu/suivi/").headers["Location"] == "/recu/"
    opened = resident.post("/recu/", {"code": made.code.lower()})
    assert opened.headers["Location"] == "/recu/suivi/"
    shown = resident.get("/recu/suivi/").content.decode()
    assert SOLUTION in shown
    assert made.code not in shown
    new = {"solution": "Planter des tilleuls rue de la gare.", "problem": "", "benefit": "", "title": ""}
    assert resident.post("/recu/corriger/", new).headers["Location"] == "/recu/suivi/"
    assert Proposal.objects.get().solution == new["solution"]
    assert resident.post("/recu/effacer/").headers["Location"] == "/recu/"
    assert not Proposal.objects.exists()
    assert resident.post("/recu/", {"code": made.code}).status_code == 404


def test_a_receipt_copied_wrong_opens_nothing_and_says_so(resident: Client, in_saran: Municipality) -> None:
    made = entered()
    other = next(sign for sign in codes.ALPHABET if sign != made.code[2])
    wrong = resident.post("/recu/", {"code": made.code[:2] + other + made.code[3:]})
    assert wrong.status_code == 422
    assert "Un signe n’est pas comme sur le papier" in wrong.content.decode()
    while (unknown := codes.draw()) == made.code:
        pass
    assert resident.post("/recu/", {"code": unknown}).status_code == 404
    assert resident.get("/recu/suivi/").status_code == 302


def test_whoever_tries_receipts_is_stopped(resident: Client, in_saran: Municipality) -> None:
    answers = [resident.post("/recu/", {"code": codes.draw()}).status_code for _unused in range(31)]
    assert answers.count(404) == 30
    assert answers[-1] == 429


def test_signed_in_a_receipt_is_attached_once(visit: Callable[..., Client], in_saran: Municipality) -> None:
    made, user = entered(), UserFactory()
    client = visit(in_saran, user, stays=True)
    client.post("/recu/", {"code": made.code})
    assert "Rattacher à mon compte" in client.get("/recu/suivi/").content.decode()
    client.post("/recu/rattacher/")
    assert Proposal.objects.get().author == user
    assert "Rattacher à mon compte" not in client.get("/recu/suivi/").content.decode()


def test_a_challenge_or_a_proposal_of_elsewhere_is_none(desk: Client) -> None:
    number = 987654321
    assert desk.post(page_of(current()), typed(desk, challenge=number)).status_code == 422
    about = {"kind": "ARGUMENT", "stance": "FOR", "about": "987654321"}
    assert desk.post(page_of(current()), typed(desk, **about)).status_code == 422
    assert not Proposal.objects.exists()


def test_a_sheet_that_is_about_none_of_the_challenges_is_kept_as_a_draft(desk: Client) -> None:
    assert "gardez la feuille en brouillon" in desk.get(page_of(current())).content.decode()
    sheet = {name: value for name, value in typed(desk).items() if name != "challenge"}
    assert desk.post(page_of(current()), sheet).status_code == 422
    assert desk.post(page_of(current()), {**sheet, "brouillon": "oui"}).status_code == 200
    draft = Entry.objects.get()
    assert (draft.state, draft.challenge, draft.solution) == ("DRAFT", None, SOLUTION)
    assert f"reprendre={draft.pk}" in desk.get(page_of(current())).content.decode()


def test_a_draft_is_gone_on_with_by_whoever_began_it(
    desk: Client, visit: Callable[..., Client], saran: Municipality
) -> None:
    ((number, code),) = printed(1)
    sheet = typed(desk, solution="Plan", brouillon="oui", sheet=code)
    desk.post(page_of(current()), sheet)
    address = f"{page_of(current())}?reprendre={Entry.objects.get().pk}"
    assert address.partition("?")[2] in desk.get(page_of(current())).content.decode()
    initial = desk.get(address).context["form"].initial
    assert (initial["key"], initial["sheet"]) == (sheet["key"], number)
    other = visit(saran, UserFactory(role=Role.FACILITATOR), stays=True)
    assert other.get(address).context["form"].initial["key"] != sheet["key"]
    desk.post(
        page_of(current()),
        {name: value for name, value in sheet.items() if name != "brouillon"} | {"solution": SOLUTION},
    )
    assert Entry.objects.count() == Proposal.objects.count() == 1
    assert Entry.objects.get().receipt == Receipt.objects.get(sheet=number)


def test_a_number_is_taken_as_it_stands_on_the_sheet_and_what_is_none_is_said_beside_it(desk: Client) -> None:
    assert desk.post(page_of(current()), typed(desk, sheet="N° 0045")).status_code == 200
    assert Receipt.objects.get().sheet == 45
    ((_number, code),) = printed(1)
    other = next(sign for sign in codes.ALPHABET if sign != code[2])
    for wrong, said in {
        code[:2] + other + code[3:]: "Un signe n’est pas comme sur le papier",
        "0": "en chiffres",
        "2000000001": "en chiffres",
        "quarante-cinq": "huit signes",
        "4" * 41: "en chiffres",
    }.items():
        answer = desk.post(page_of(current()), typed(desk, sheet=wrong))
        assert answer.status_code == 422
        assert said in " ".join(answer.context["form"].errors["sheet"]), wrong
    assert Entry.objects.count() == 1
