"""Numbered paper forms: numbers once for all, files part after part, whatever is killed."""

from collections.abc import Callable
from io import BytesIO

import pytest
from django.test import Client
from django.utils import timezone
from pypdf import PdfReader

from accounts.enums import Role
from common.outbox import messages_of
from consultations.framing.models import Consultation
from consultations.kit.models import SheetPart, SheetRun
from consultations.kit.selectors.sheets import FILES_KEPT, runs_of
from consultations.kit.services import sheets
from consultations.kit.services.sheets import ask_for_sheets, make_part
from tenants.models import Municipality
from tests.accounts.factories import UserFactory

PAGE = "/gestion/consultations/territoires-resilients/mobiliser/feuilles/"


@pytest.fixture
def desk(visit: Callable[..., Client], in_saran: Municipality) -> Client:
    return visit(in_saran, UserFactory(role=Role.FACILITATOR), stays=True)


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "A_PART", 2)


def test_from_the_press_to_the_files(desk: Client, few: None) -> None:
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
    answer = desk.get(f"{PAGE}1-2.pdf")
    texts = [each.extract_text() for each in PdfReader(BytesIO(answer.content)).pages]
    assert [text.count(number) for text, number in zip(texts, ("0001", "0002"), strict=True)] == [2, 2]
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


def test_files_go_after_a_month_and_numbers_stay(desk: Client, few: None) -> None:
    consultation, at = Consultation.objects.get(is_current=True), timezone.now()
    old = SheetRun.objects.create(consultation=consultation, first=1, last=2, made_at=at - FILES_KEPT * 2)
    SheetPart.objects.create(run=old, first=1, last=2, content=b"%PDF-")
    ask_for_sheets(consultation=consultation, count=1, after=2, by=UserFactory(), at=at)
    assert not SheetPart.objects.exists()
    assert [each.is_ready for each in runs_of(consultation)] == [False, True]
    assert "ne sont plus gardés" in desk.get(PAGE).content.decode()
