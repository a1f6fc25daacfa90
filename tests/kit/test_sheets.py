"""Numbered paper forms: numbers once for all, files part after part, whatever is killed."""

import re
from collections.abc import Callable
from io import BytesIO

import pytest
import typst
from django.test import Client
from django.utils import timezone
from pypdf import PdfReader

from accounts.enums import Role
from accounts.models import AuditEntry
from common.outbox import messages_of
from common.retention import forget_what_is_over
from common.trail import particulars
from common.typeset import _REMEMBERED
from consultations.framing.models import Consultation
from consultations.kit.models import SheetPart, SheetRun
from consultations.kit.selectors.sheets import FILES_KEPT, runs_of
from consultations.kit.services import sheets
from consultations.kit.services.sheets import ask_for_sheets, make_part
from consultations.offline.codes import ALPHABET
from consultations.offline.models import Entry, Receipt
from tenants.models import Municipality
from tests.accounts.factories import UserFactory

ENTRY = "/gestion/consultations/territoires-resilients/saisie/"
PAGE = "/gestion/consultations/territoires-resilients/mobiliser/feuilles/"
RECEIPT = re.compile(f"(?<![A-Z0-9])[{ALPHABET}]{{4}} [{ALPHABET}]{{4}}(?![A-Z0-9])")


@pytest.fixture
def desk(visit: Callable[..., Client], in_saran: Municipality) -> Client:
    return visit(in_saran, UserFactory(role=Role.FACILITATOR), stays=True)


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "A_PART", 2)


def test_from_the_press_to_the_files(desk: Client, few: None, in_saran: Municipality) -> None:
    assert "Aucune feuille" in desk.get(PAGE).content.decode()
    sent = {"count": "3", "spot": "", "after": "0"}
    for _twice in range(2):
        assert desk.post(PAGE, sent).status_code == 302
    run = SheetRun.objects.get()
    assert (run.first, run.last) == (1, 3)
    waiting = list(messages_of(make_part).order_by("payload__first"))
    assert [each.payload["first"] for each in waiting] == [1, 3]
    for _killed_and_again in range(2):
        make_part(**waiting[0].payload)
    page = desk.get(PAGE, HTTP_HX_REQUEST="true").content.decode()
    assert "2 feuilles sur 3" in page
    assert "hx-get" in page
    make_part(**waiting[1].payload)
    page = desk.get(PAGE).content.decode()
    assert "hx-get" not in page
    assert f"{PAGE}1-2.pdf" in page
    assert not AuditEntry.objects.filter(action="kit_sheets_downloaded").exists()
    answer = desk.get(f"{PAGE}1-2.pdf")
    # Whoever has the file has the receipts: that is on record, and told in the journal.
    taken = AuditEntry.objects.get(action="kit_sheets_downloaded")
    assert (taken.actor, taken.details) == (run.made_by, {"first": 1, "last": 2})
    assert particulars[taken.action](taken.details) == "0001 à 0002"
    texts = [each.extract_text() for each in PdfReader(BytesIO(answer.content)).pages]
    assert [text.count(number) for text, number in zip(texts, ("0001", "0002"), strict=True)] == [2, 2]
    receipts = [set(RECEIPT.findall(text)) for text in texts]
    assert [len(each) for each in receipts] == [1, 1]
    assert [text.count(*each) for text, each in zip(texts, receipts, strict=True)] == [2, 2]
    assert all(f"{in_saran.host}/recu" in text for text in texts), texts
    assert SheetPart.objects.count() == 2
    assert desk.get(f"{PAGE}1-3.pdf").status_code == 404


def test_numbers_go_on_across_consultations_and_two_at_once_see_each_other(desk: Client, few: None) -> None:
    at, other = timezone.now(), Consultation.objects.create(slug="autre", title="Autre", question="Quoi ?")
    somebody = UserFactory()
    first = ask_for_sheets(consultation=other, count=5, after=0, by=somebody, at=at)
    assert (first.first, first.last) == (1, 5)
    late = desk.post(PAGE, {"count": "3", "spot": "", "after": "0"})
    assert late.status_code == 409
    page = late.content.decode()
    assert "Quelqu’un a demandé des feuilles" in page
    assert 'name="after" value="5"' in page
    assert desk.post(PAGE, {"count": "3", "spot": "", "after": "5"}).status_code == 302
    assert SheetRun.objects.get(consultation__slug="territoires-resilients").first == 6


def test_too_many_are_refused_beside_the_field(desk: Client) -> None:
    for count in ("0", "501", "", "deux"):
        assert desk.post(PAGE, {"count": count, "spot": "", "after": "0"}).status_code == 422
    assert not SheetRun.objects.exists()


def test_from_paper_to_the_receipts_page(desk: Client, visit: Callable[..., Client], in_saran: Municipality) -> None:
    """What somebody took home opens what the town hall has typed from the other part, by its number or its receipt."""
    desk.post(PAGE, {"count": "2", "spot": "", "after": "0"})
    make_part(**messages_of(make_part).get().payload)
    texts = [each.extract_text() for each in PdfReader(BytesIO(desk.get(f"{PAGE}1-2.pdf").content)).pages]
    codes = [RECEIPT.findall(text)[0] for text in texts]
    resident = visit(in_saran, stays=True)
    for typed, code in zip(("n° 0001", codes[1].lower()), codes, strict=True):
        assert resident.post("/recu/", {"code": code}).status_code == 404
        initial = desk.get(ENTRY).context["form"].initial
        sheet = {name: initial[name] for name in ("kind", "given_on", "key", "code")}
        sheet |= {"channel": "PAPER", "sheet": typed, "solution": f"Un banc devant la gare, {code}."}
        sheet["challenge"] = Consultation.objects.get(is_current=True).challenges.first().pk  # type: ignore[union-attr]
        entered = desk.post(ENTRY, sheet)
        assert "Son reçu est celui qui est imprimé sur la feuille" in entered.content.decode()
        again = desk.post(ENTRY, {**sheet, "key": "", "code": ""})
        assert again.status_code == 409
        assert f"Un banc devant la gare, {code}." in again.content.decode()
        assert resident.post("/recu/", {"code": code}).status_code == 302
        assert f"Un banc devant la gare, {code}." in resident.get("/recu/suivi/").content.decode()
    assert resident.post("/recu/effacer/").status_code == 302
    assert Entry.objects.filter(state="ERASED").count() == 1


def test_killed_while_its_sheets_are_set_nothing_is_twice(
    desk: Client, few: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = ask_for_sheets(
        consultation=Consultation.objects.get(is_current=True), count=3, after=0, by=UserFactory(), at=timezone.now()
    )
    digests = set(Receipt.objects.values_list("digest", flat=True))
    with monkeypatch.context() as broken, pytest.raises(RuntimeError):
        broken.setattr(sheets, "sheets_pdf", _killed)
        make_part(run_id=run.pk, first=1)
    assert set(Receipt.objects.values_list("digest", flat=True)) == digests
    assert not SheetPart.objects.exists()
    for _again in range(2):
        make_part(run_id=run.pk, first=1)
    assert list(SheetPart.objects.values_list("first", "last")) == [(1, 2)]
    assert sorted(Receipt.objects.values_list("sheet", flat=True)) == [1, 2, 3]


def _killed(*given: object, **named: object) -> bytes:
    raise RuntimeError


def test_files_are_for_a_fortnight_and_numbers_for_ever(desk: Client, few: None) -> None:
    consultation, at = Consultation.objects.get(is_current=True), timezone.now()
    old = SheetRun.objects.create(consultation=consultation, first=1, last=2, made_at=at - FILES_KEPT * 2)
    SheetPart.objects.create(run=old, first=1, last=2, content=b"%PDF-")
    forget_what_is_over(at=at, writes=False)  # a city that only reads keeps no password either
    assert not SheetPart.objects.exists()
    assert "ne sont plus gardés" in desk.get(PAGE).content.decode()
    assert ask_for_sheets(consultation=consultation, count=1, after=2, by=UserFactory(), at=at).first == 3
    assert [each.is_ready for each in runs_of(consultation)] == [False, True]


def test_a_worker_keeps_nothing_of_the_sheets_that_it_set(
    desk: Client, few: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Typst would: hundreds of megabytes (docs/performance.md)."""
    set_so_far: list[int] = []
    compiled = typst.compile
    monkeypatch.setattr(typst, "compile", lambda *given, **named: set_so_far.append(1) or compiled(*given, **named))
    desk.post(PAGE, {"count": "1", "spot": "", "after": "0"})
    make_part(**messages_of(make_part).get().payload)
    assert len(set_so_far) > 1 + _REMEMBERED


def test_who_only_moderates_reads_no_receipt(visit: Callable[..., Client], in_saran: Municipality) -> None:
    consultation = Consultation.objects.get(is_current=True)
    run = SheetRun.objects.create(consultation=consultation, first=1, last=2)
    SheetPart.objects.create(run=run, first=1, last=2, content=b"%PDF-")
    for role in (Role.MODERATOR, Role.OBSERVER):
        assert visit(in_saran, UserFactory(role=role), stays=True).get(f"{PAGE}1-2.pdf").status_code == 404
