"""The desk's pages about accounts and about what the law asks for."""

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from accounts.enums import Role
from accounts.models import AuditEntry, User
from consultations.framing.enums import ModeratedBy
from consultations.framing.models import Consultation
from consultations.moderation.enums import Act
from consultations.moderation.models import Decision, Evidence
from consultations.participation.counts import recount
from consultations.participation.enums import Status
from consultations.participation.models import Argument
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.moderation.factories import decided, moderator, reported
from tests.participation.factories import ArgumentFactory

pytestmark = pytest.mark.usefixtures("in_saran")


@pytest.fixture
def desk(visit: Callable[..., Client], in_saran: Municipality) -> Client:
    return visit(in_saran, moderator(), stays=True)


def test_one_press_suspends_with_what_was_ticked_and_ends_it_again(desk: Client) -> None:
    spammer: Any = UserFactory()
    ticked, left = ArgumentFactory.create_batch(2, author=spammer)
    recount()
    page = f"/gestion/moderation/comptes/{spammer.pk}/"
    assert f"ARGUMENT-{ticked.pk}" in desk.get(page).content.decode()
    sent = {"act": "SUSPEND", "suspend-ground": "ADVERTISING", "suspend-days": "7", "suspend-seen": "0"}
    answer = desk.post(page, {**sent, "text": [f"ARGUMENT-{ticked.pk}", "ARGUMENT-x", "x"]})
    assert answer.status_code == 302
    statuses = dict(Argument.objects.values_list("pk", "status"))
    assert statuses == {ticked.pk: Status.HIDDEN, left.pk: Status.PUBLISHED}
    suspended = User.objects.get(pk=spammer.pk).suspended_until
    assert suspended is not None
    assert 6 <= (suspended - timezone.now()).days <= 7
    # Pressed again: the account is as somebody else has left it; nothing is decided twice.
    assert desk.post(page, sent).status_code == 409 or Decision.objects.filter(act=Act.SUSPEND).count() == 1
    last = Decision.objects.filter(kind="ACCOUNT").latest("pk")
    ended = {"act": "RESTORE", "restore-ground": "NOTHING_AGAINST", "restore-seen": str(last.pk)}
    assert desk.post(page, ended).status_code == 302
    assert set(Argument.objects.values_list("status", flat=True)) == {Status.PUBLISHED}
    assert "/gestion/moderation/comptes/" in desk.get("/gestion/moderation/comptes/").content.decode()


def test_a_suspension_is_undone_with_the_texts_that_it_took(desk: Client) -> None:
    spammer: Any = UserFactory()
    taken = ArgumentFactory.create_batch(3, author=spammer)
    recount()
    page = f"/gestion/moderation/comptes/{spammer.pk}/"
    sent = {"act": "SUSPEND", "suspend-ground": "ADVERTISING", "suspend-days": "7", "suspend-seen": "0"}
    answer = desk.post(page, {**sent, "text": [f"ARGUMENT-{each.pk}" for each in taken]}, follow=True)
    shown = answer.content.decode()
    assert "Annuler" in shown
    assert "3 textes avec lui" in shown.replace("\xa0", " ")
    suspension = Decision.objects.get(act=Act.SUSPEND)
    undone = desk.post("/gestion/moderation/annuler/", {"decision": suspension.pk}, follow=True)
    assert "rien n’a été envoyé" in undone.content.decode()
    assert set(Argument.objects.values_list("status", flat=True)) == {Status.PUBLISHED}
    assert not User.objects.get(pk=spammer.pk).is_suspended(timezone.now())
    assert Decision.objects.filter(act=Act.UNDO).count() == 4


@pytest.mark.parametrize(("act", "form"), [("WARN", "warn"), ("SUSPEND", "suspend")])
def test_no_ground_is_chosen_for_anybody(desk: Client, act: str, form: str) -> None:
    page = f"/gestion/moderation/comptes/{UserFactory().pk}/"
    assert desk.get(page).content.decode().count('<option value="" selected>') == 2
    assert desk.post(page, {"act": act, f"{form}-ground": "", f"{form}-days": "7"}).status_code == 422
    assert not Decision.objects.exists()


def test_what_is_wrong_is_said_and_what_was_ticked_stays(desk: Client) -> None:
    spammer: Any = UserFactory()
    argument = ArgumentFactory(author=spammer)
    page = f"/gestion/moderation/comptes/{spammer.pk}/"
    sent = {"act": "SUSPEND", "suspend-ground": "ADVERTISING", "suspend-days": "7", "suspend-facts": "court"}
    answer = desk.post(page, {**sent, "text": f"ARGUMENT-{argument.pk}"})
    assert answer.status_code == 422
    assert f'value="ARGUMENT-{argument.pk}" id="text-ARGUMENT-{argument.pk}" checked' in answer.content.decode()
    assert not Decision.objects.exists()


def test_evidence_is_read_by_moderators_and_each_reading_is_recorded(desk: Client) -> None:
    argument = ArgumentFactory(text="Je vais tous vous retrouver, et vous le regretterez beaucoup.")
    decided(reported(argument), ground="THREAT")
    evidence = Evidence.objects.get()
    note = desk.get(f"/gestion/moderation/loi/{evidence.pk}/").content.decode()
    assert argument.author.email in note
    assert "Je vais tous vous retrouver" in note
    assert AuditEntry.objects.filter(action="evidence_read").count() == 1
    assert desk.get("/gestion/moderation/loi/").status_code == 200


def test_an_order_is_carried_out_from_its_page_by_an_administrator(
    visit: Callable[..., Client], in_saran: Municipality
) -> None:
    administrator: Any = UserFactory(role=Role.ADMINISTRATOR)
    client = visit(in_saran, administrator, stays=True)
    argument = ArgumentFactory()
    recount()
    page = "/gestion/moderation/loi/injonction/"
    assert client.post(page, {"address": "/", "reference": "2026-118"}).status_code == 422
    address = f"https://{in_saran.host}{argument.get_absolute_url()}"
    assert client.post(page, {"address": address, "reference": "2026-118"}).status_code == 302
    assert Argument.objects.get().is_hidden
    # The rest of the desk of moderation is not theirs.
    Consultation.objects.update(moderated_by=ModeratedBy.MODERATORS)
    assert client.get("/gestion/moderation/loi/").status_code == 404


@pytest.mark.parametrize("day", ["", "2026-11-01"])
def test_what_was_public_is_downloaded_line_by_line(desk: Client, day: str) -> None:
    argument = ArgumentFactory()
    answer = desk.get("/gestion/moderation/journal/", {"telecharger": "1", "jour": day})
    lines = b"".join(answer).decode().splitlines()  # type: ignore[arg-type]
    assert any(f"ARGUMENT;{argument.pk};" in line for line in lines) == (day != "2026-11-01")
    assert desk.get("/gestion/moderation/journal/", {"jour": day}).status_code == 200


@pytest.mark.dates
def test_the_journal_is_read_whole_and_in_the_time_of_the_city(
    in_saran: Municipality, visit: Callable[..., Client]
) -> None:
    argument = ArgumentFactory()
    there = visit(in_saran, UserFactory(role=Role.ADMINISTRATOR))  # has left the city when the answer is read
    answer = there.get("/gestion/moderation/journal/", {"telecharger": "1", "jour": ""})
    since = argument.submitted_at.astimezone(ZoneInfo(in_saran.time_zone)).isoformat(timespec="seconds")
    assert f"ARGUMENT;{argument.pk};{since};" in b"".join(answer).decode()


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "9999-99-99", "hier"])
def test_a_day_that_is_none_is_told_at_the_field(desk: Client, day: str) -> None:
    answer = desk.get("/gestion/moderation/journal/", {"telecharger": "1", "jour": day})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.content.decode()
