"""The team's page of results: its own words, what is missing, and the files for the council."""

from collections.abc import Callable
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.test import Client
from django.utils import timezone

from accounts.enums import Role
from accounts.models import AuditEntry, User
from consultations.framing.models import Consultation
from consultations.outcomes.models import Takeaways
from tenants.enums import LifecycleState
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.outcomes.factories import published_answer
from tests.outcomes.test_results import over, said
from tests.participation.factories import ProposalFactory
from tests.tenants.test_lifecycle import put


@pytest.fixture
def facilitator(in_saran: Municipality) -> User:
    found: User = UserFactory(role=Role.FACILITATOR)
    return found


@pytest.fixture
def desk(saran: Municipality, visit: Callable[..., Client], facilitator: User) -> Client:
    return visit(saran, facilitator, stays=True)


def page() -> str:
    return f"/gestion/consultations/{Consultation.objects.get(is_current=True).slug}/bilan/"


def test_the_city_says_in_its_own_words_what_it_retains(desk: Client, facilitator: User) -> None:
    assert "Vous n’avez pas dit ce que vous en retenez" in said(desk.get(page()))
    answer = desk.post(f"{page()}texte/", {"text": "Nous retenons l’ombre.", "revision": "0"}, follow=True)
    assert "C’est enregistré" in said(answer)
    kept = Takeaways.objects.get()
    assert (kept.text, kept.revision) == ("Nous retenons l’ombre.", 1)
    assert AuditEntry.objects.get(action="takeaways_written").actor == facilitator
    desk.post(f"{page()}texte/", {"text": "Nous retenons l’ombre.", "revision": "1"})
    assert AuditEntry.objects.filter(action="takeaways_written").count() == 1, "the same again is no change"


def test_what_a_colleague_saved_meanwhile_stands_beside_what_was_typed(desk: Client) -> None:
    desk.post(f"{page()}texte/", {"text": "Nous retenons l’ombre.", "revision": "0"})
    answer = desk.post(f"{page()}texte/", {"text": "Nous retenons l’eau.", "revision": "0"})
    assert answer.status_code == 409
    for words in ("ombre", "eau"):
        assert words in said(answer)
    assert Takeaways.objects.get().text == "Nous retenons l’ombre."
    desk.post(f"{page()}texte/", {"text": "Nous retenons l’eau.", "revision": "1"})
    assert Takeaways.objects.get().text == "Nous retenons l’eau."


def test_a_text_that_is_too_long_is_kept_in_the_form(desk: Client) -> None:
    answer = desk.post(f"{page()}texte/", {"text": "mot " * 600, "revision": "0"})
    assert answer.status_code == 422
    assert "mot mot mot" in answer.content.decode()


def test_who_only_follows_reads_it_and_writes_nothing(in_saran: Municipality, visit: Callable[..., Client]) -> None:
    observer = visit(in_saran, UserFactory(role=Role.OBSERVER), stays=True)
    assert "<textarea" not in observer.get(page()).content.decode()
    assert observer.post(f"{page()}texte/", {"text": "Autre chose.", "revision": "0"}).status_code == 404
    assert not Takeaways.objects.exists()


def test_the_team_reads_beforehand_what_residents_will(desk: Client) -> None:
    published_answer()
    shown = said(desk.get(page()))
    assert "Une fois qu’elle sera close, le public lira" in shown
    for words in ("Votre proposition, 1 retenue.", "Ce qui a été demandé", "1 retenue avec adaptation"):
        assert words in shown


def test_of_the_archives_nothing_is_written(desk: Client) -> None:
    consultation = over(Consultation.objects.get(is_current=True))
    Consultation.objects.filter(pk=consultation.pk).update(is_current=False, archived_at=timezone.now())
    where = f"/gestion/consultations/{consultation.slug}/bilan/"
    assert "<textarea" not in desk.get(where).content.decode()
    assert desk.post(f"{where}texte/", {"text": "Autre chose.", "revision": "0"}).status_code == 409
    assert not Takeaways.objects.exists()


def test_the_page_says_what_is_missing(desk: Client) -> None:
    published_answer()
    ProposalFactory()
    shown = said(desk.get(page()))
    assert "le public ne voit pas encore ses résultats" in shown
    assert "1 proposition n’a pas encore de réponse" in shown
    assert "n’ont encore donné aucun projet" in shown
    over(Consultation.objects.get(is_current=True))
    assert "Voir les résultats comme le public les voit" in said(desk.get(page()))


def test_the_files_for_the_council_are_fetched_there(desk: Client) -> None:
    published_answer(proposal__title="=cmd|' /C calc'!A0")
    pdf = desk.get(f"{page()}conseil.pdf")
    assert pdf.content.startswith(b"%PDF-")
    assert 'filename="saran-' in pdf["Content-Disposition"]
    sheet = desk.get(f"{page()}conseil.xlsx")
    with ZipFile(BytesIO(sheet.content)) as book:
        cells = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in cells, "what begins as a formula is a text"
    assert "calc" in cells
    assert desk.get(f"{page()}conseil.exe").status_code == 404


def test_what_has_never_opened_has_no_file_for_the_council(desk: Client) -> None:
    assert f"{page()}conseil.pdf" in desk.get(page()).content.decode()
    Consultation.objects.filter(is_current=True).update(opened_at=None)
    assert "Elle n’a pas encore ouvert" in said(desk.get(page()))
    for kind in ("pdf", "xlsx"):
        assert f"conseil.{kind}" not in desk.get(page()).content.decode()
        assert desk.get(f"{page()}conseil.{kind}").status_code == 404


def test_a_city_that_only_reads_fetches_its_files_all_the_same(saran: Municipality, desk: Client) -> None:
    put(saran, LifecycleState.READ_ONLY)
    assert desk.get(f"{page()}conseil.pdf").status_code == 200
