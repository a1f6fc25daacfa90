"""Reports: signed in or not, one line for many, answered once; what the law asks for where something is illegal."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.tasks import send_mail
from common.outbox import messages_of, run_message, send_event
from common.refusals import Refusal
from consultations.framing.models import Consultation
from consultations.moderation.enums import Act, Kind, Reason, State
from consultations.moderation.models import Case, Decision, Flag, Report
from consultations.moderation.services.answering import answer_by_mail
from consultations.moderation.services.closing import close_what_is_gone
from consultations.moderation.services.deciding import announce_decision, undo
from consultations.moderation.services.reporting import point_at, report
from consultations.participation.enums import Status
from consultations.participation.models import Argument
from consultations.participation.services.visibility import hide
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.moderation.factories import OTHER, decided, moderator, reported
from tests.participation.factories import ArgumentFactory, ProposalFactory, ReplyFactory

pytestmark = pytest.mark.usefixtures("in_saran")


def code_of(refused: Callable[[], object]) -> str:
    with pytest.raises(Refusal) as caught:
        refused()
    return caught.value.code


def test_many_reports_of_one_text_are_one_line_due_by_the_gravest() -> None:
    argument, now = ArgumentFactory(), timezone.now()
    for number in range(3):
        reported(argument, reporter=UserFactory(), reason=Reason.OFF_TOPIC, at=now + timedelta(minutes=number))
    case = reported(argument, reason=Reason.INSULT, at=now + timedelta(minutes=5))
    assert (Case.objects.count(), case.report_count, Report.objects.count()) == (1, 4, 4)
    assert case.due_at == now + timedelta(minutes=5, hours=12)
    assert case.opened_at == now


ILLEGAL = {
    "reason": Reason.ILLEGAL,
    "words": "Ce texte menace une personne du quartier.",
    "name": "Anne Dupré",
    "email": "anne@example.org",
    "in_good_faith": True,
}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"words": "court"}, "text_too_short"),
        ({"name": ""}, "reporter_unknown"),
        ({"email": ""}, "reporter_unknown"),
        ({"email": "anne"}, "no_mail_address"),
        ({"in_good_faith": False}, "not_in_good_faith"),
        ({"reason": "BORING"}, "unknown_choice"),
        ({"words": "x" * 2001}, "text_too_long"),
    ],
)
def test_what_is_illegal_is_reported_with_what_the_law_asks_for(change: dict[str, Any], code: str) -> None:
    argument = ArgumentFactory()
    assert code_of(lambda: reported(argument, **{**ILLEGAL, **change})) == code
    assert not Report.objects.exists()
    assert reported(argument, **ILLEGAL).report_count == 1


def test_an_offence_against_children_needs_no_name_and_is_looked_at_within_the_hour() -> None:
    now = timezone.now()
    given = {**ILLEGAL, "name": "", "email": "", "about_children": True}
    assert reported(ArgumentFactory(), at=now, **given).due_at == now + timedelta(hours=1)


def test_twice_one_s_own_and_what_is_hidden_or_gone_are_refused_politely() -> None:
    argument, reporter = ArgumentFactory(), UserFactory()
    reported(argument, reporter=reporter)
    assert code_of(lambda: reported(argument, reporter=reporter)) == "reported_already"
    reported(argument, email="anne@example.org")
    assert code_of(lambda: reported(argument, email="Anne@example.org")) == "reported_already"
    assert code_of(lambda: reported(argument, reporter=argument.author)) == "own_report"
    reply = ReplyFactory(argument=argument)
    hide(Argument.objects.get(pk=argument.pk), actor=None)
    assert code_of(lambda: reported(argument, counted=False)) == "hidden_already"
    hide(argument.proposal, actor=None)
    assert code_of(lambda: reported(reply, counted=False)) == "hidden_already"
    taken_apart = ProposalFactory(status=Status.WITHDRAWN)  # it is still read
    assert reported(taken_apart, counted=False).report_count == 1
    gone = {"kind": Kind.ARGUMENT, "pk": 987654, "reason": Reason.OTHER, "words": OTHER, "at": timezone.now()}
    assert code_of(lambda: report(**gone)) == "nothing_to_report"
    assert code_of(lambda: report(**{**gone, "kind": "HOUSE"})) == "unknown_choice"


def test_what_was_kept_does_not_wait_again_until_its_words_change() -> None:
    argument = ArgumentFactory()
    case = reported(argument)
    decided(case, Act.KEEP)
    reported(argument, reporter=UserFactory())
    assert Case.objects.get().state == State.DECIDED
    assert not Report.objects.filter(answered_at=None).exists()
    Argument.objects.filter(pk=argument.pk).update(text="Un tout autre texte, que personne n’a encore regardé.")
    reported(argument, reporter=UserFactory())
    assert Case.objects.get().state == State.OPEN


@pytest.mark.parametrize("grave", [ILLEGAL, {"about_children": True}])
def test_what_the_law_or_children_are_the_reason_for_always_reaches_a_person(grave: dict[str, Any]) -> None:
    argument = ArgumentFactory()
    decided(reported(argument), Act.KEEP)
    reported(argument, **grave)
    assert Case.objects.get().state == State.OPEN
    assert Report.objects.filter(answered_at=None).count() == 1


class Found:
    def __init__(self, kind: str = "PHONE", start: int = 0, end: int = 5) -> None:
        self.kind, self.start, self.end, self.reason = kind, start, end, ""


def test_the_filter_points_and_what_was_kept_waits_again_once_it_has_changed() -> None:
    argument, now = ArgumentFactory(), timezone.now()
    where = {"kind": Kind.ARGUMENT, "pk": argument.pk, "at": now}
    assert point_at(found={"text": []}, **where) is None
    case = point_at(found={"text": [Found(), Found(start=8, end=12)]}, **where)
    assert case is not None
    assert (case.state, Flag.objects.count()) == (State.OPEN, 2)
    point_at(found={"text": [Found()]}, **where)
    assert Flag.objects.count() == 1
    decided(case, Act.KEEP)
    point_at(found={"text": [Found()]}, **where)
    assert Case.objects.get().state == State.DECIDED
    Argument.objects.filter(pk=argument.pk).update(text="Un tout autre texte, que personne n’a encore regardé.")
    point_at(found={"text": []}, **where)
    assert Case.objects.get().state == State.OPEN


def test_whoever_reported_what_its_author_took_away_reads_that_once() -> None:
    argument, known = ArgumentFactory(), UserFactory()
    reported(argument, reporter=known)
    case = reported(argument, email="anne@example.org")
    messages_of(send_mail).delete()
    Argument.objects.filter(pk=argument.pk).delete()
    for _time in range(2):
        close_what_is_gone(cases=[case.pk], at=timezone.now())
    sent = messages_of(send_mail)
    assert sorted(each.payload["to"] for each in sent) == sorted([known.email, "anne@example.org"])
    assert all("n’est plus là" in str(each.payload) for each in sent)


# ── The two screens ───────────────────────────────────────────────────────────


def test_a_visitor_reports_in_two_screens_without_an_account(client: Client) -> None:
    argument = ArgumentFactory()
    address = f"/signaler/argument/{argument.pk}/"
    assert 'value="PERSONAL"' in client.get(address).content.decode()
    second = client.get(address, {"raison": "PERSONAL"}).content.decode()
    assert 'name="words"' in second
    assert 'name="name"' not in second
    answer = client.post(f"{address}?raison=PERSONAL", {"raison": "PERSONAL", "words": "C’est ma tante."}, follow=True)
    made = Report.objects.get()
    assert answer.redirect_chain[-1][0] == f"/signalements/{made.pk}/"
    assert made.number in answer.content.decode()
    assert (made.reporter, made.email, made.words) == (None, "", "C’est ma tante.")
    # In another browser it is nobody's.
    assert Client(HTTP_HOST=client.defaults["HTTP_HOST"]).get(f"/signalements/{made.pk}/").status_code == 404


def test_what_is_missing_is_said_at_its_place_and_nothing_typed_is_lost(client: Client) -> None:
    argument = ArgumentFactory()
    sent = {"raison": "ILLEGAL", "words": ILLEGAL["words"], "name": "", "email": ""}
    answer = client.post(f"/signaler/argument/{argument.pk}/", sent)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert ILLEGAL["words"] in page
    assert {"id_name_error", "id_email_error", "id_in_good_faith_error"} <= set(re.findall(r'id="(\w+_error)"', page))
    assert "(facultatif)" not in page
    assert not Report.objects.exists()
    children = {**sent, "about_children": "on", "in_good_faith": "on"}
    assert client.post(f"/signaler/argument/{argument.pk}/", children).status_code == 302


def test_something_else_is_said_in_words(client: Client) -> None:
    argument = ArgumentFactory()
    assert code_of(lambda: reported(argument, reason="OTHER", words="")) == "text_too_short"
    answer = client.post(f"/signaler/argument/{argument.pk}/", {"raison": "OTHER", "words": ""})
    assert answer.status_code == 422
    assert not Report.objects.exists()


def test_nobody_reports_what_is_not_there(client: Client) -> None:
    assert client.get("/signaler/argument/98765/").status_code == 404
    assert client.get(f"/signaler/maison/{ProposalFactory().pk}/").status_code == 404
    hidden = ArgumentFactory()
    Argument.objects.update(status="HIDDEN")
    assert client.get(f"/signaler/argument/{hidden.pk}/").status_code == 409


# ── By mail ───────────────────────────────────────────────────────────────────


def mails() -> list[dict[str, Any]]:
    sent = [message.payload for message in messages_of(send_mail).order_by("created_at", "pk")]
    messages_of(send_mail).delete()
    return sent


def test_whoever_left_an_address_is_told_that_it_is_received_and_what_was_decided() -> None:
    argument = ArgumentFactory(text="Appelez Mme Lefort, qui habite au douze.")
    reported(argument, words="C’est ma tante Odile.")
    assert mails() == []  # nobody to be told
    case = reported(argument, email="anne@example.org", words="C’est ma tante Odile.")
    person = UserFactory()
    reported(argument, reporter=person)
    first, second = mails()
    made = Report.objects.get(email="anne@example.org")
    assert (first["to"], second["to"]) == ("anne@example.org", person.email)
    assert made.number in first["subject"]
    assert "/moderation/" in first["body"]
    decision = decided(case, facts="Le texte nomme Mme Lefort.")
    answer_by_mail(decision_id=decision.pk)
    (answer,) = mails()  # the others have none, or read it in their news
    assert answer["to"] == "anne@example.org"
    assert "charte, 4.1" in answer["body"]
    for word in ("Lefort", "Odile"):
        assert word not in f"{first} {second} {answer}"


def test_the_answer_leaves_with_those_of_everyone_and_not_for_what_was_cancelled() -> None:
    case, judge = reported(ArgumentFactory(), email="anne@example.org"), moderator()
    mails()
    cancelled = decided(case, moderator=judge)
    undo(decision=cancelled, moderator=judge, at=cancelled.decided_at)
    announce_decision(decision_id=cancelled.pk)
    last = decided(case, Act.KEEP, seen=Decision.objects.latest("pk").pk)
    announce_decision(decision_id=last.pk)
    for message in messages_of(send_event).order_by("created_at", "pk"):
        run_message(str(message.pk), at=timezone.now())
    (answer,) = mails()
    assert "reste en ligne" in answer["body"]


def test_reported_anew_after_it_was_kept_the_receipt_says_so() -> None:
    argument = ArgumentFactory()
    decided(reported(argument), Act.KEEP)
    reported(argument, email="anne@example.org")
    (receipt,) = mails()
    assert "déjà" in receipt["body"]


def test_the_header_names_the_consultation_of_what_is_reported(
    in_saran: Municipality, visit: Callable[..., Client]
) -> None:
    other = Consultation.objects.create(slug="rues", title="Nos rues", question="Que faire ?", opened_at=timezone.now())
    challenge = other.challenges.create(slug="s", label="S", question="S ?", published_at=timezone.now())
    pk, client = ArgumentFactory(proposal__challenge=challenge).pk, visit(in_saran, stays=True)
    there = f"/signaler/argument/{pk}/"
    sent = {"raison": "INSULT", "words": "C’est une insulte."}
    first, second = client.get(there), client.get(f"{there}?raison=INSULT")
    thanks = client.post(there, sent, follow=True)
    again = client.get(there)
    assert thanks.redirect_chain
    for page in (first, second, thanks, again):
        assert '<span class="city__motto">Nos rues</span>' in page.content.decode()
