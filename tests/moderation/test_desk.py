"""The desk of moderation: the queue, a text in its context, a decision in two presses, and what stands in its way."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.enums import Role
from accounts.models import User
from accounts.services import change_team_role, remove_from_team
from common.text import BLANK
from consultations.framing.enums import ModeratedBy
from consultations.framing.models import Consultation
from consultations.moderation.enums import Act, AppealState, Kind, Reason, State
from consultations.moderation.grounds import GROUNDS
from consultations.moderation.models import Appeal, Case, Decision, Report, SecondLook
from consultations.moderation.rules import DELAY, DELAYS
from consultations.moderation.services.appealing import appeal
from consultations.moderation.services.claiming import claim
from consultations.moderation.services.deciding import undo
from consultations.moderation.services.refusals import DecidedMeanwhile, OwnDecision, UndoOver
from consultations.moderation.services.reporting import point_at
from consultations.participation.counts import recount
from consultations.participation.enums import Status
from consultations.participation.models import Argument
from tenants.enums import LifecycleState
from tenants.models import Municipality
from tenants.schema import grant_rights
from tests.accounts.factories import UserFactory, able_administrator
from tests.moderation.factories import decided, moderator, reported, reported_picture_or_name
from tests.moderation.test_reporting import ILLEGAL, Found
from tests.participation.factories import ArgumentFactory, ProposalFactory, ReplyFactory
from tests.support.pages import says

Visit = Callable[..., Client]
WORDS = "Appelez Mme Lefort au 02 61 91 04 17, elle habite au douze de la rue."


@pytest.fixture
def desk(visit: Visit, in_saran: Municipality) -> Callable[..., Client]:
    """`desk(user)`: a moderator before the desk; the test goes on in the city."""

    def come(user: User | None = None, **kwargs: Any) -> Client:
        return visit(in_saran, user or moderator(), stays=True, **kwargs)

    return come


def page_of(case: Case) -> str:
    return f"/gestion/moderation/{case.pk}/"


def press(client: Client, case: Case, act: str = Act.HIDE, **typed: Any) -> Any:
    """As the form sends it."""
    ground = "PERSONAL" if act in (Act.HIDE, Act.REDACT) else "CRITICISM"
    return client.post(page_of(case), {"decision": act, "ground": ground, "seen": "0", **typed})


# ── The queue ─────────────────────────────────────────────────────────────────


def test_the_most_urgent_comes_first_with_what_brought_it(desk: Any) -> None:
    now = timezone.now()
    calm = reported(ArgumentFactory(text="Le moins pressé de tous."), reason="OFF_TOPIC", at=now - timedelta(hours=2))
    late = reported(ArgumentFactory(text="Le plus en retard."), reason="INSULT", at=now - timedelta(hours=30))
    page = desk().get("/gestion/moderation/")
    assert [line.case for line in page.context["page"].object_list] == [late, calm]
    assert page.context["figures"].late == 1
    assert "Le plus en retard." in page.content.decode()


def test_it_costs_the_same_at_two_lines_and_at_ten(desk: Any) -> None:
    def fill(rows: int) -> None:
        for _number in range(rows):
            reported(ArgumentFactory())
            reported(ProposalFactory(), reporter=UserFactory())
            reported(ReplyFactory())
            claim(case=reported(ArgumentFactory()), moderator=moderator(), at=timezone.now())
            argument = ArgumentFactory()
            decision = decided(reported(argument))
            appeal(decision=decision, author=argument.author, words="Relisez mon texte, merci.", at=timezone.now())

    client = desk()
    spent = []
    for rows in (1, 4):
        fill(rows)
        last = Case.objects.order_by("-pk")[0]
        for path in ("/gestion/moderation/", page_of(last)):
            client.get(path)
            with CaptureQueriesContext(connection) as captured:
                client.get(path)
            spent.append(len(captured))
    assert spent[:2] == spent[2:]


@pytest.mark.parametrize(
    ("mode", "roles"),
    [
        (ModeratedBy.MODERATORS, {Role.MODERATOR}),
        (ModeratedBy.FRAMERS, {Role.ADMINISTRATOR, Role.FACILITATOR}),
        (ModeratedBy.OPERATORS, set()),
    ],
)
def test_it_is_for_those_whom_the_consultation_names(desk: Any, mode: str, roles: set[str]) -> None:
    case = reported(ArgumentFactory())
    Consultation.objects.update(moderated_by=mode)
    for role in set(Role.values) - {Role.OPERATOR, Role.PARTICIPANT, Role.DELEGATE}:
        client = desk(UserFactory(role=role))
        for path in ("/gestion/moderation/", page_of(case)):
            assert client.get(path).status_code == (200 if role in roles else 404), (role, path)


@pytest.mark.parametrize("role", [Role.MODERATOR, Role.ADMINISTRATOR])
def test_whoever_might_moderate_reads_who_does_and_who_can_change_it(
    visit: Callable[..., Client], in_saran: Municipality, role: str
) -> None:
    Consultation.objects.update(moderated_by=ModeratedBy.OPERATORS)
    answer = visit(in_saran, UserFactory(role=role), stays=True).get("/gestion/moderation/")
    shown = answer.content.decode()
    assert answer.status_code == 404
    assert str(ModeratedBy.OPERATORS.label) in shown.replace("&#x27;", "'")
    assert ("/gestion/consultations/territoires-resilients/cadre/" in shown.split("<main")[1]) is (
        role == Role.ADMINISTRATOR
    )
    nobody = visit(in_saran, UserFactory(role=Role.OBSERVER), stays=True).get("/gestion/moderation/").content.decode()
    assert str(ModeratedBy.OPERATORS.label) not in nobody


def test_the_delays_that_whoever_reports_is_promised_stand_wherever_the_city_chooses_who_moderates(
    visit: Callable[..., Client], in_saran: Municipality
) -> None:
    client = visit(in_saran, UserFactory(role=Role.FACILITATOR), stays=True)
    hours = [int(each.total_seconds()) // 3600 for each in (DELAYS[Reason.ILLEGAL], DELAYS[Reason.PERSONAL], DELAY)]
    for page in ("/gestion/consultations/territoires-resilients/cadre/", "/charte/"):
        shown = client.get(page).content.decode()
        said = re.search(r"sous (\d+) heures si .*? sous (\d+) heures pour .*? sous (\d+) heures pour", shown, re.S)
        assert said, page
        assert [int(each) for each in said.groups()] == hours
    assert "{} h, {} h ou {} h".format(*hours) in client.get("/gestion/reglages/").content.decode()


@pytest.mark.parametrize("somebody", [False, True])
def test_where_nobody_has_the_role_that_moderates_it_says_so(
    visit: Callable[..., Client], in_saran: Municipality, somebody: bool
) -> None:
    Consultation.objects.update(moderated_by=ModeratedBy.MODERATORS)
    if somebody:
        UserFactory(role=Role.MODERATOR, public_name="Merle")
    shown = visit(in_saran, UserFactory(role=Role.FACILITATOR), stays=True).get("/gestion/moderation/").content.decode()
    assert ("Personne ne modère encore ici" in shown) is not somebody
    assert ("Ici, d’autres personnes modèrent" in shown) is somebody


def test_with_nothing_to_decide_it_says_so_and_when_it_will_call(desk: Any) -> None:
    decided(reported(ArgumentFactory()))
    page = desk().get("/gestion/moderation/")
    assert page.context["last"] == Decision.objects.get()
    assert 'class="empty"' in page.content.decode()


def test_what_its_author_took_along_leaves_the_queue_with_a_sentence(desk: Any) -> None:
    case, other = reported(ArgumentFactory()), reported(ArgumentFactory())
    Argument.objects.filter(pk__in=[case.subject_id, other.subject_id]).update(status=Status.REMOVED)
    client = desk()
    assert client.get(page_of(other)).status_code == 410
    page = client.get("/gestion/moderation/")
    assert page.context["closed"] == 1
    assert not Case.objects.filter(state=State.OPEN).exists()
    assert not Report.objects.filter(answered_at=None).exists()
    assert client.get("/gestion/moderation/").context["closed"] == 0


# ── A text in its context ─────────────────────────────────────────────────────


def test_a_flagged_passage_has_the_number_of_its_reason_and_can_be_hidden_as_it_stands(desk: Any) -> None:
    argument = ArgumentFactory(text=WORDS)
    start = WORDS.index("02 61")
    found = {
        "text": [Found(start=start, end=start + 14), Found("LINK", start + 3, start + 14), Found("INSULT", 400, 410)]
    }
    case = point_at(kind=Kind.ARGUMENT, pk=argument.pk, found=found, at=timezone.now())
    assert case is not None
    client = desk()
    page = client.get(page_of(case)).content.decode()
    assert '<mark class="passage">02 61 91 04 17<sup>1</sup></mark>' in page
    assert 'name="passage" id="passage-1" value="02 61 91 04 17" checked' in page
    assert "<sup>2</sup>" not in page
    press(client, case, Act.REDACT, passage="02 61 91 04 17", other_passage="Mme Lefort\r\n")
    assert Argument.objects.get().text == f"Appelez {BLANK} au {BLANK}, elle habite au douze de la rue."
    # Once it is another text, the places of the filter mean nothing in it.
    assert "passage-1" not in client.get(page_of(case)).content.decode()


def test_a_mark_of_several_lines_is_well_formed_and_what_people_type_stays_text(desk: Any) -> None:
    text = "<b>GRAS</b>\n\nDEUXIÈME LIGNE & fin"
    argument = ArgumentFactory(text=text)
    found = {"text": [Found("CAPITALS", 0, len(text) - 4)]}
    case = point_at(kind=Kind.ARGUMENT, pk=argument.pk, found=found, at=timezone.now())
    assert case is not None
    page = desk().get(page_of(case)).content.decode()
    assert '<p><mark class="passage">&lt;b&gt;GRAS&lt;/b&gt;<sup>1</sup></mark></p>' in page
    assert '<p><mark class="passage">DEUXIÈME LIGNE &amp;<sup>1</sup></mark> fin</p>' in page


def test_what_a_reply_answers_and_what_surrounds_it_is_read_with_it(desk: Any) -> None:
    reply = ReplyFactory(argument__text="L’argument auquel on répond ici.")
    ReplyFactory(argument=reply.argument, text="Une autre réponse, à côté de celle-là.")
    page = desk().get(page_of(reported(reply))).content.decode()
    for words in ("L’argument auquel on répond ici.", "Une autre réponse", reply.argument.proposal.solution[:60]):
        assert words in page


def test_who_reports_is_not_shown_but_in_a_fold_where_the_law_has_them_say_it(desk: Any) -> None:
    argument, reporter = ArgumentFactory(), UserFactory(public_name="Rapporteur")
    reported(argument, reporter=reporter, words="Il donne un numéro.", email="")
    case = reported(argument, email="quidam@example.org")
    page = desk().get(page_of(case)).content.decode()
    assert "Il donne un numéro." in page
    for hidden in ("Rapporteur", reporter.email, "quidam@example.org"):
        assert hidden not in page
    page = desk().get(page_of(reported(argument, **ILLEGAL))).content.decode()
    fold = page[page.index('<details class="who-reports">') :]
    assert ILLEGAL["name"] in fold[: fold.index("</details>")]
    assert page.count(str(ILLEGAL["name"])) == 1


def test_what_was_decided_before_about_the_same_person_is_read_too(desk: Any) -> None:
    author = UserFactory(public_name="Violette 12")
    earlier = decided(reported(ArgumentFactory(author=author)), Act.KEEP)
    page = desk().get(page_of(reported(ProposalFactory(author=author)))).content.decode()
    assert earlier.number in page


@pytest.mark.parametrize("kind", [Kind.PICTURE, Kind.NAME])
def test_pictures_and_names_have_a_page_too(desk: Any, kind: str) -> None:
    case = reported_picture_or_name(kind)
    client = desk()
    assert client.get(page_of(case)).status_code == 200
    press(client, case, Act.HIDE, ground="IMPERSONATION" if kind == Kind.NAME else "PERSONAL")
    assert Decision.objects.get().act == Act.HIDE
    assert client.get(page_of(case)).status_code == 200


def test_from_its_public_page_a_moderator_decides_on_what_nobody_reported(desk: Any) -> None:
    argument = ArgumentFactory()
    recount()
    client = desk()
    answer = client.get(f"/gestion/moderation/texte/argument/{argument.pk}/")
    case = Case.objects.get()
    assert (answer.headers["Location"], case.state) == (page_of(case), State.DECIDED)
    client.get(f"/gestion/moderation/texte/argument/{argument.pk}/")
    assert Case.objects.count() == 1
    press(client, case)
    assert Argument.objects.get().status == Status.HIDDEN
    assert client.get("/gestion/moderation/texte/argument/98765/").status_code == 404
    assert client.get("/gestion/moderation/texte/maison/1/").status_code == 404


# ── Deciding ──────────────────────────────────────────────────────────────────


def test_two_presses_decide_and_the_next_text_opens_with_the_way_back(desk: Any) -> None:
    first, second = reported(ArgumentFactory()), reported(ArgumentFactory(), reason="OTHER")
    judge = moderator()
    client = desk(judge)
    answer = press(client, first)
    decision = Decision.objects.get()
    assert answer.headers["Location"] == f"{page_of(second)}?fait={decision.pk}"
    page = client.get(answer.headers["Location"])
    assert page.context["undoable"] == [decision]
    assert f'name="decision" value="{decision.pk}"' in page.content.decode()
    back = client.post("/gestion/moderation/annuler/", {"decision": decision.pk})
    assert back.headers["Location"] == page_of(first)
    assert Argument.objects.get(pk=first.subject_id).status == Status.PUBLISHED
    assert Case.objects.get(pk=first.pk).state == State.OPEN


def test_after_ten_seconds_nothing_is_undone_and_it_says_so(desk: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    judge = moderator()
    decision = decided(reported(ArgumentFactory()), moderator=judge, at=timezone.now() - timedelta(seconds=11))
    client = desk(judge)
    assert client.get(f"/gestion/moderation/?fait={decision.pk}").context["undoable"] == []
    answer = client.post("/gestion/moderation/annuler/", {"decision": decision.pk}, follow=True)
    assert says(answer, UndoOver)


def test_the_author_reads_the_facts_of_the_ground_that_was_pressed_or_the_moderators_own(desk: Any) -> None:
    client = desk()
    prefilled = client.get(page_of(reported(ArgumentFactory()))).context["prefilled"]
    assert prefilled == str(GROUNDS["PERSONAL"].facts)
    for typed, said in (
        (prefilled, str(GROUNDS["ATTACK"].facts)),
        ("Mes propres mots, précis.", "Mes propres mots, précis."),
    ):
        press(client, reported(ArgumentFactory()), ground="ATTACK", facts=typed)
        assert Decision.objects.order_by("-pk")[0].facts == said


@pytest.mark.parametrize(
    ("typed", "status", "place"),
    [
        ({"ground": ""}, 422, 'id="other-ground-error"'),
        ({"decision": ""}, 422, 'id="other-ground-error"'),
        ({"decision": "REDACT"}, 422, 'id="passage-error"'),
        ({"decision": "REDACT", "other_passage": "introuvable"}, 422, 'id="passage-error"'),
        ({"facts": "court"}, 422, 'role="alert"'),
    ],
)
def test_what_is_missing_is_said_and_nothing_typed_is_lost(
    desk: Any, typed: dict[str, str], status: int, place: str
) -> None:
    case = reported(ArgumentFactory())
    given = {"facts": "Les faits que j’ai écrits moi-même.", **typed}
    answer = press(desk(), case, given.pop("decision", Act.HIDE), **given)
    page = answer.content.decode()
    assert (answer.status_code, Decision.objects.exists()) == (status, False)
    assert place in page
    assert given["facts"] in page
    assert given.get("other_passage", "") in page


def test_decided_meanwhile_by_another_shows_their_decision_and_keeps_what_was_typed(desk: Any) -> None:
    case, camille = reported(ArgumentFactory()), moderator(public_name="Camille R")
    client = desk()
    client.get(page_of(case))
    theirs = decided(case, Act.KEEP, moderator=camille)
    answer = press(client, case, facts="Mes faits à moi, longuement pesés.")
    page = answer.content.decode()
    assert (answer.status_code, Decision.objects.count()) == (409, 1)
    assert answer.context["theirs"] == theirs
    for words in ("Camille R", "Mes faits à moi, longuement pesés.", f'name="seen" value="{theirs.pk}"'):
        assert words in page
    assert isinstance(answer.context["refusal"], DecidedMeanwhile)
    press(client, case, seen=theirs.pk)
    assert Argument.objects.get().status == Status.HIDDEN


def test_whose_role_was_just_taken_decides_nothing_and_reads_what_they_had_written(
    desk: Any, in_saran: Municipality
) -> None:
    case, judge = reported(ArgumentFactory()), moderator()
    client = desk(judge)
    client.get(page_of(case))
    boss = able_administrator()
    change_team_role(member_id=judge.pk, role=Role.OBSERVER, actor=boss, city=in_saran)
    answer = press(client, case, facts="Mes faits à moi, longuement pesés.")
    assert (answer.status_code, Decision.objects.exists()) == (403, False)
    assert "Mes faits à moi, longuement pesés." in answer.content.decode()
    assert client.get(page_of(case)).status_code == 404
    change_team_role(member_id=judge.pk, role=Role.MODERATOR, actor=boss, city=in_saran)
    remove_from_team(member_id=judge.pk, actor=boss, city=in_saran)
    answer = press(client, case, facts="Mes faits à moi, longuement pesés.")
    assert (answer.status_code, Decision.objects.exists()) == (403, False)
    assert "Mes faits à moi, longuement pesés." in answer.content.decode()


def test_what_criticises_somebody_in_office_waits_for_a_second_person(desk: Any) -> None:
    case, first, other = reported(ArgumentFactory()), moderator(), moderator(public_name="Élise M")
    client = desk(first)
    press(client, case, criticises="1", ground="ATTACK")
    assert SecondLook.objects.get().asked_by == first
    page = client.get(page_of(case))
    assert [way.act for way in page.context["ways"]] == [Act.KEEP]
    assert "Élise M" in page.content.decode()
    # What waits for another is not what opens next for the first one.
    assert press(client, reported(ArgumentFactory())).headers["Location"].startswith("/gestion/moderation/?fait=")
    assert press(client, case).status_code == OwnDecision.status
    second = desk(other)
    assert 'name="confirm"' in second.get(page_of(case)).content.decode()
    second.post(page_of(case), {"confirm": "1", "seen": "0"})
    decision = Decision.objects.filter(case=case).get()
    assert (decision.moderator, decision.second, decision.ground) == (other, first, "ATTACK")


def test_on_their_own_text_and_their_own_decision_people_have_no_button(desk: Any) -> None:
    judge = moderator()
    client = desk(judge)
    own = reported(ArgumentFactory(author=judge))
    assert "<fieldset" not in client.get(page_of(own)).content.decode()
    argument = ArgumentFactory()
    decision = decided(reported(argument), moderator=judge)
    appeal(decision=decision, author=argument.author, words="Relisez mon texte, merci.", at=timezone.now())
    page = client.get(page_of(decision.case)).content.decode()
    assert "<fieldset" not in page
    assert "Relisez mon texte, merci." in page
    assert press(client, decision.case, Act.RESTORE, seen=decision.pk).status_code == 403


@pytest.mark.parametrize("act", [Act.HIDE, Act.REDACT])
@pytest.mark.parametrize("upholds", [True, False])
def test_another_upholds_or_changes_what_is_contested_with_the_original_before_them(
    desk: Any, act: str, upholds: bool
) -> None:
    argument, judge = ArgumentFactory(text=WORDS), moderator()
    decision = decided(reported(argument), act, passages=["Mme Lefort"])
    appeal(decision=decision, author=argument.author, words="Elle me l’a permis hier.", at=timezone.now())
    client = desk(judge)
    page = client.get(page_of(decision.case))
    assert {way.act for way in page.context["ways"]} == {act, Act.REDACT, Act.RESTORE}
    for words in (WORDS, decision.facts, "Elle me l’a permis hier."):
        assert words in page.content.decode().replace("&#x27;", "'")
    press(client, decision.case, act if upholds else Act.RESTORE, seen=decision.pk)
    assert Appeal.objects.get().state == (AppealState.UPHELD if upholds else AppealState.CHANGED)
    answer = Decision.objects.order_by("-pk")[0]
    now = Argument.objects.get()
    assert (now.status == Status.PUBLISHED and now.text == WORDS) is not upholds
    # Cancelled at once, all is as it was: contested, and hidden.
    undo(decision=answer, moderator=judge, at=answer.decided_at)
    now = Argument.objects.get()
    assert (now.status == Status.HIDDEN) is (act == Act.HIDE)
    assert ("Lefort" in now.text) is (act == Act.HIDE)
    assert Appeal.objects.get().state == AppealState.WAITING


def test_a_city_that_only_reads_decides_all_the_same(desk: Any, in_saran: Municipality) -> None:
    case, judge = reported(ArgumentFactory()), moderator()
    client = desk(judge)
    with schema_context("public"):
        Municipality.objects.filter(pk=in_saran.pk).update(state=LifecycleState.READ_ONLY)
        grant_rights(in_saran.schema_name, state=LifecycleState.READ_ONLY)
    assert client.get(page_of(case)).status_code == 200
    press(client, case)
    assert Argument.objects.get().status == Status.HIDDEN


# ── Who is on what ────────────────────────────────────────────────────────────


def test_who_opens_a_text_is_on_it_until_they_leave_or_are_away_too_long(desk: Any) -> None:
    case, camille, nadia = reported(ArgumentFactory()), moderator(public_name="Camille R"), moderator()
    first, second = desk(camille), desk(nadia)
    first.get(page_of(case))
    assert "Camille R" in second.get(page_of(case)).content.decode()
    assert "Camille R" in second.get("/gestion/moderation/").content.decode()
    assert "Camille R" in second.get(f"{page_of(case)}qui/?vu=0").content.decode()
    second.post(f"{page_of(case)}quitter/")  # another's is left to them
    assert Case.objects.get().claimed_by == camille
    first.post(f"{page_of(case)}quitter/")
    assert Case.objects.get().claimed_by is None
    second.get(f"{page_of(case)}qui/?vu=0")
    assert Case.objects.get().claimed_by == nadia
    Case.objects.update(claimed_at=timezone.now() - timedelta(minutes=11))
    assert first.get(page_of(case)).context["file"].watcher is None
    assert Case.objects.get().claimed_by == camille


def test_an_open_page_learns_that_somebody_has_decided(desk: Any) -> None:
    case, camille = reported(ArgumentFactory()), moderator(public_name="Camille R")
    client = desk()
    client.get(page_of(case))
    decision = decided(case, moderator=camille)
    part = client.get(f"{page_of(case)}qui/?vu=0").content.decode()
    assert "Camille R" in part
    assert "hx-get" not in part
    assert "Camille R" not in client.get(f"{page_of(case)}qui/?vu={decision.pk}").content.decode()


def test_what_somebody_else_is_on_does_not_open_next(desk: Any) -> None:
    first, taken, free = (reported(ArgumentFactory(), reason=each) for each in ("PERSONAL", "INSULT", "OTHER"))
    claim(case=taken, moderator=moderator(), at=timezone.now())
    assert press(desk(), first).headers["Location"].startswith(page_of(free))


def test_another_citys_texts_are_not_there(visit: Visit, saran: Municipality, brest: Municipality) -> None:
    with schema_context(saran.schema_name):
        case = reported(ArgumentFactory())
    with schema_context(brest.schema_name):
        Consultation.objects.update(moderated_by=ModeratedBy.MODERATORS)
        client = visit(brest, moderator())
    elsewhere = (page_of(case), f"{page_of(case)}qui/", f"/gestion/moderation/texte/argument/{case.subject_id}/")
    assert [client.get(path).status_code for path in elsewhere] == [404] * 3
    posts = (f"{page_of(case)}quitter/", page_of(case))
    assert [client.post(path).status_code for path in posts] == [404] * 2
