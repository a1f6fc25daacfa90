"""Long spreadsheets of contributions: made by a worker, once, whole or not at all, and fetched by whoever asked."""

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.enums import Role
from accounts.models import AuditEntry, User
from common import retention
from common.models import OutboxMessage
from common.outbox import run_message
from common.personal import forget_person
from consultations.participation.models import SHEET_KEPT, Sheet, SheetPiece
from consultations.participation.registry import list_filters
from consultations.participation.selectors.contributions import Sift
from consultations.participation.selectors.sheet import sheet_head
from consultations.participation.selectors.sheets import progress_key, sheets_of
from consultations.participation.selectors.written_sift import read_sift, written_sift
from consultations.participation.services import sheets
from consultations.participation.services.sheets import TooManySheets, ask_for_sheet, let_go_of_sheets, make_sheet
from tenants.enums import LifecycleState
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.participation.factories import ArgumentFactory, ProposalFactory, ReplyFactory
from tests.participation.test_saved_views import said
from tests.tenants.test_lifecycle import put

EXPORT, FILES = "/gestion/contributions/exporter/", "/gestion/contributions/fichiers/"


@pytest.fixture(autouse=True)
def few_are_many(monkeypatch: pytest.MonkeyPatch, in_saran: Municipality) -> None:
    monkeypatch.setattr("consultations.participation.backoffice.sheets.AT_ONCE", 2)


@pytest.fixture
def facilitator(in_saran: Municipality) -> User:
    found: User = UserFactory(role=Role.FACILITATOR)
    return found


@pytest.fixture
def desk(saran: Municipality, visit: Callable[..., Client], facilitator: User) -> Client:
    return visit(saran, facilitator, stays=True)


def asked(actor: User, *, kind: str = "csv", query: str = "", **more: Any) -> Sheet:
    given = {"sift": Sift(), "columns": (), "total": 3, "at": timezone.now(), **more}
    return ask_for_sheet(actor=actor, kind=kind, query=query, **given)


def work() -> None:
    """What a worker does."""
    for message in OutboxMessage.objects.filter(payload__has_key="sheet_id"):
        run_message(str(message.pk), at=timezone.now())


def lines(answer: Any) -> list[dict[str, str]]:
    content = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(content, newline=""), delimiter=";"))


def test_a_long_one_is_made_meanwhile_with_the_filters_and_columns_asked_for(desk: Client, facilitator: User) -> None:
    reply = ReplyFactory()
    ArgumentFactory.create_batch(2, proposal=reply.argument.proposal)
    answer = desk.post(f"{EXPORT}?quoi=ARGUMENT&colonnes=de&tri=anciennes", {"comme": "csv"}, follow=True)
    assert answer.redirect_chain == [(FILES, 302)]
    page = said(answer)
    assert "Attend son tour : 3 lignes" in page
    assert '<noscript><meta http-equiv="refresh"' in page
    assert "hx-trigger" in said(desk.get(FILES, headers={"HX-Request": "true"}))
    work()
    page = said(desk.get(FILES))
    assert "3 lignes" in page
    assert "Gardé jusqu’au" in page
    for words in ("hx-trigger", "http-equiv"):
        assert words not in page
    sheet = Sheet.objects.get()
    file = desk.get(f"{FILES}{sheet.pk}/")
    assert file["Content-Disposition"].startswith('attachment; filename="saran-contributions-')
    rows = lines(file)
    assert [row["Numéro"] for row in rows] == [
        str(each.pk) for each in sorted(reply.argument.proposal.arguments.all(), key=lambda one: one.submitted_at)
    ]
    assert "Nom public" in rows[0]
    assert "Quartier" not in rows[0]
    assert "Fichiers à télécharger" in said(desk.get("/gestion/contributions/"))
    entry = AuditEntry.objects.get(action="contributions_exported")
    assert (entry.actor, entry.details) == (facilitator, {"lines": 3, "kind": "csv"})


def test_columns_that_are_chosen_are_those_of_a_sheet_and_none_are_all(desk: Client) -> None:
    ProposalFactory(neighbourhood="Les Tilleuls")
    chosen = lines(desk.post(f"{EXPORT}?colonnes=quartier", {"comme": "csv"}))[0]
    assert chosen["Quartier"] == "Les Tilleuls"
    assert "Nom public" not in chosen
    assert list(lines(desk.post(EXPORT, {"comme": "csv"}))[0]) == sheet_head()


def test_how_far_it_is_is_what_was_told_last(desk: Client, facilitator: User, monkeypatch: pytest.MonkeyPatch) -> None:
    ArgumentFactory.create_batch(2)
    sheet, told = asked(facilitator, total=1500), []
    monkeypatch.setattr(sheets, "_TOLD_EVERY", 2)
    cache.set(progress_key(sheet.pk), 1000, 60)
    assert "En préparation : 1 000 sur 1 500 lignes" in said(desk.get(FILES)).replace("\u202f", " ")
    monkeypatch.setattr(cache, "set", lambda key, done, seconds: told.append(done))
    make_sheet(sheet_id=sheet.pk)
    assert told == [0, 2]
    assert sheets_of(facilitator)[0].done is None


def test_asked_for_twice_it_is_made_once_and_another_time_anew(facilitator: User) -> None:
    first = asked(facilitator, query="q=ombre")
    assert asked(facilitator, query="q=ombre") == first
    assert OutboxMessage.objects.filter(payload__sheet_id=first.pk).count() == 1
    assert asked(facilitator, query="q=ombre", kind="xlsx") != first
    assert asked(UserFactory(role=Role.FACILITATOR), query="q=ombre") != first
    work()
    assert asked(facilitator, query="q=ombre") != first


def test_no_more_than_three_are_made_at_once_and_five_are_kept(desk: Client, facilitator: User) -> None:
    for number in range(3):
        asked(facilitator, query=f"q={number}")
    with pytest.raises(TooManySheets):
        asked(facilitator, query="q=3")
    ProposalFactory.create_batch(3)
    assert "Trois fichiers se préparent déjà" in said(desk.post(EXPORT, {"comme": "csv"}, follow=True))
    work()
    for number in range(3, 7):
        asked(facilitator, query=f"q={number}")
        work()
    kept = Sheet.objects.order_by("pk").values_list("query", flat=True)
    assert list(kept) == ["q=2", "q=3", "q=4", "q=5", "q=6"]


def test_one_that_fails_leaves_nothing_half_made_is_tried_again_and_given_up_in_words(
    desk: Client, facilitator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    ReplyFactory()
    sheet = asked(facilitator)
    with monkeypatch.context() as broken:
        broken.setattr(sheets, "_PIECE", 100)
        broken.setattr(sheets.SheetPiece.objects, "create", _second_fails())
        work()
        assert not SheetPiece.objects.exists()
        assert not AuditEntry.objects.filter(action="contributions_exported").exists()
        OutboxMessage.objects.filter(payload__sheet_id=sheet.pk).update(due_at=None)
    assert "n’a pas pu être fait" in said(desk.get(FILES))
    again = asked(facilitator)
    assert again.pk != sheet.pk
    work()
    assert [each.sheet for each in sheets_of(facilitator)] == [again]
    assert len(lines(desk.get(f"{FILES}{again.pk}/"))) == 3


def _second_fails() -> Callable[..., SheetPiece]:
    made = SheetPiece.objects.create

    def create(**given: Any) -> SheetPiece:
        if given["number"]:
            raise OSError
        return made(**given)

    return create


def test_a_file_of_many_pieces_is_the_same_file(
    desk: Client, facilitator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    ReplyFactory.create_batch(2)
    monkeypatch.setattr(sheets, "_PIECE", 70)
    sheet = asked(facilitator, total=6)
    work()
    assert SheetPiece.objects.filter(sheet=sheet).count() > 10
    file = b"".join(desk.get(f"{FILES}{sheet.pk}/").streaming_content)  # type: ignore[attr-defined]
    sheet.refresh_from_db()
    assert (len(file), sheet.lines) == (sheet.size, 6)


def test_it_is_fetched_by_whoever_asked_and_only_while_they_may_take_contributions_along(
    saran: Municipality, brest: Municipality, visit: Callable[..., Client], person: Callable[..., User]
) -> None:
    owner = UserFactory(role=Role.FACILITATOR)
    sheet = asked(owner)
    path = f"{FILES}{sheet.pk}/"
    theirs = visit(saran, owner, stays=True)
    assert theirs.get(path).status_code == 404  # not made yet
    work()
    assert theirs.get(path).status_code == 200
    assert visit(saran, UserFactory(role=Role.ADMINISTRATOR), stays=True).get(path).status_code == 404
    assert visit(brest, person(city=brest, role=Role.ADMINISTRATOR), stays=True).get(path).status_code == 404
    owner.role = Role.MODERATOR
    owner.save()
    assert theirs.get(path).status_code == 404
    let_go_of_sheets(owner)
    assert not SheetPiece.objects.exists()


def test_nothing_is_made_for_somebody_who_lost_the_right_meanwhile(facilitator: User) -> None:
    sheet = asked(facilitator)
    facilitator.role = Role.OBSERVER
    facilitator.save()
    make_sheet(sheet_id=sheet.pk)
    assert not Sheet.objects.exists()


@pytest.mark.parametrize(("waited", "mails"), [(5, 0), (120, 1)])
def test_whoever_waited_long_gets_a_mail(waited: int, mails: int, facilitator: User) -> None:
    make_sheet(sheet_id=asked(facilitator, at=timezone.now() - timedelta(seconds=waited)).pk)
    found = OutboxMessage.objects.filter(task="accounts.tasks.send_mail")
    assert found.count() == mails
    for message in found:
        assert message.payload["to"] == facilitator.email
        assert "/gestion/contributions/fichiers/" in message.payload["body"]
        assert "3 jours" in message.payload["body"].replace("\u00a0", " ")


def test_files_are_forgotten_after_three_days_with_their_pieces(facilitator: User) -> None:
    old = asked(facilitator, query="q=1")
    work()
    Sheet.objects.filter(pk=old.pk).update(ready_at=timezone.now() - SHEET_KEPT - timedelta(minutes=1))
    new = asked(facilitator, query="q=2")
    work()
    assert retention._rules["sheets of contributions"].forget(at=timezone.now()) == 1
    assert list(Sheet.objects.all()) == [new]
    assert set(SheetPiece.objects.values_list("sheet", flat=True)) == {new.pk}


def test_they_go_with_whoever_asked_for_them(facilitator: User) -> None:
    asked(facilitator)
    work()
    forget_person(facilitator, with_texts=False, at=timezone.now())
    assert not Sheet.objects.exists()


def test_in_a_city_that_only_reads_they_are_made_fetched_and_forgotten_too(
    saran: Municipality, visit: Callable[..., Client]
) -> None:
    owner = UserFactory(role=Role.FACILITATOR)
    ReplyFactory()
    put(saran, LifecycleState.READ_ONLY)
    client = visit(saran, owner, stays=True)
    answer = client.post(EXPORT, {"comme": "csv"}, follow=True)
    assert answer.redirect_chain == [(FILES, 302)]
    with schema_context(saran.schema_name):
        work()
        sheet = Sheet.objects.get()
        assert len(lines(client.get(f"{FILES}{sheet.pk}/"))) == 3
        assert (
            retention._rules["sheets of contributions"].forget(at=timezone.now() + SHEET_KEPT + timedelta(hours=1)) == 1
        )


def test_what_a_list_is_asked_for_is_the_same_after_it_was_written_down() -> None:
    reported = next(each for each in list_filters if each.name == "signale")
    moment = timezone.now()
    for sift in (
        Sift(),
        Sift(words="ombre", kind="REPLY", challenges=(1, 2), stage="IDEA", state="HIDDEN", capacity="COMPANY"),
        Sift(spellings=(), channel="SITE", awaited="VERDICT", since=moment, until=moment, sort="avis"),
        Sift(more=((reported, "oui"),), reads_in=frozenset({3})),
    ):
        assert read_sift(written_sift(sift), reads_in=sift.reads_in) == sift
