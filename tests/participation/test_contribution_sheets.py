"""Contributions as a spreadsheet: safe to open, without what participants do not publish, and on record."""

import csv
import io
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree

import pytest
from django.test import Client

from accounts.enums import AgeBand, Role
from accounts.models import AuditEntry, User
from consultations.framing.enums import ModeratedBy
from consultations.framing.models import Consultation
from consultations.participation.enums import Status
from consultations.participation.selectors.contributions import Sift
from consultations.participation.selectors.sheet import sheet_rows
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.participation.factories import ArgumentFactory, ProposalFactory, ReplyFactory

ADDRESS = "/gestion/contributions/exporter/"

pytestmark = pytest.mark.usefixtures("in_saran")


@pytest.fixture
def facilitator(in_saran: Municipality) -> User:
    found: User = UserFactory(role=Role.FACILITATOR)
    return found


@pytest.fixture
def take(saran: Municipality, visit: Callable[..., Client], facilitator: User) -> Callable[..., bytes]:
    def taken(query: str = "", **sent: Any) -> bytes:
        answer = visit(saran, facilitator, stays=True).post(f"{ADDRESS}?{query}", {"comme": "csv", **sent})
        assert answer.status_code == 200
        return b"".join(answer.streaming_content)  # type: ignore[attr-defined]

    return taken


def read_csv(content: bytes) -> list[dict[str, str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


def read_xlsx(content: bytes) -> dict[str, tuple[str, str]]:
    """The cells by their place, as (type, value): "inlineStr" a text, "n" a number or a date, "f" a formula."""
    space = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheet = ElementTree.fromstring(archive.read("xl/worksheets/sheet1.xml"))
    return {
        cell.attrib["r"]: (
            "f" if cell.find(f"{space}f") is not None else cell.get("t", "n"),
            "".join(cell.itertext()),
        )
        for cell in sheet.iter(f"{space}c")
    }


def test_every_contribution_found_has_its_line_in_the_order_of_the_list(take: Callable[..., bytes]) -> None:
    reply = ReplyFactory(text="Deux\nlignes ; et un « guillemet ».")
    argument, proposal = reply.argument, reply.argument.proposal
    rows = read_csv(take())
    assert [(row["Quoi"], row["Numéro"]) for row in rows] == [
        ("Réponse", str(reply.pk)),
        ("Argument", str(argument.pk)),
        ("Proposition", str(proposal.pk)),
    ]
    assert rows[0]["Texte, ou solution"] == reply.text
    assert rows[2]["Le problème"] == proposal.problem
    assert [row["Quoi"] for row in read_csv(take("quoi=ARGUMENT"))] == ["Argument"]


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠", "﹦"])
def test_no_cell_is_worked_out_as_a_formula(sign: str, take: Callable[..., bytes]) -> None:
    ProposalFactory(title=f"{sign}1+1", solution=f"{sign}HYPERLINK(1)", author__public_name=f"{sign}nom")
    row = read_csv(take())[0]
    assert row["Titre de la proposition"].startswith("'")
    assert row["Texte, ou solution"].startswith("'")
    assert row["Nom public"].startswith("'")
    kinds = {kind for kind, _value in read_xlsx(take(comme="xlsx")).values()}
    assert "f" not in kinds


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_nothing_that_participants_do_not_publish_is_in_it(kind: str, take: Callable[..., bytes]) -> None:
    author = UserFactory(
        email="pinson@example.org", age_band=AgeBand.FROM_75, neighbourhood="Nichoir", public_name="Pinson"
    )
    ProposalFactory(author=author)
    content = take(comme=kind)
    if kind == "xlsx":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            content = b"".join(archive.read(name) for name in archive.namelist())
    said = content.decode()
    assert "Pinson" in said
    for secret in ("pinson@", str(AgeBand.FROM_75.label), AgeBand.FROM_75.value, "Nichoir"):
        assert secret not in said


@pytest.mark.parametrize("status", [Status.HIDDEN, Status.HELD])
def test_what_is_hidden_or_waits_has_its_line_without_its_words_even_for_who_moderates(
    status: str, take: Callable[..., bytes]
) -> None:
    Consultation.objects.update(moderated_by=ModeratedBy.FRAMERS)
    proposal = ProposalFactory(title="Zorglub", status=status, author__public_name="Zorgluberte")
    ReplyFactory(argument=ArgumentFactory(proposal=proposal, text="Zorglub encore"), text="Zorglub toujours")
    content = take()
    assert len(read_csv(content)) == 3
    assert "orglub" not in content.decode()


def test_moments_are_told_in_the_zone_of_the_city_and_are_dates_in_a_spreadsheet(
    take: Callable[..., bytes], settings: Any
) -> None:
    ProposalFactory(submitted_at=datetime(2026, 7, 1, 22, 30, tzinfo=UTC))
    assert read_csv(take())[0]["Reçue le"] == "2026-07-02 00:30"
    cell = read_xlsx(take(comme="xlsx"))["M2"]
    assert cell[0] == "n"
    assert cell[1].startswith("46205.0208")  # days since 1899-12-30


def test_those_that_are_ticked_are_taken_alone_and_none_is_said(
    take: Callable[..., bytes], saran: Municipality, visit: Callable[..., Client], facilitator: User
) -> None:
    proposal = ProposalFactory()
    ReplyFactory()
    rows = read_csv(take("q=introuvable", comme="csv-cochees", choix=[f"PROPOSAL-{proposal.pk}"]))
    assert [row["Numéro"] for row in rows] == [str(proposal.pk)]
    client = visit(saran, facilitator, stays=True)
    answer = client.post(f"{ADDRESS}?quoi=REPLY", {"comme": "xlsx-cochees"}, follow=True)
    assert "Choisissez d’abord" in answer.content.decode()
    assert answer.request["QUERY_STRING"] == "quoi=REPLY"
    answer = client.post(f"{ADDRESS}?quoi=REPLY", {"comme": "exe"}, follow=True)
    assert "choisissez un tableur (xlsx) ou un CSV" in answer.content.decode()


@pytest.mark.parametrize("query", ["etat=XXX", "du=0001-01-01", "quoi=TOUT", "colonnes=age"])
def test_what_the_list_cannot_read_is_no_sheet_of_everything(
    query: str, saran: Municipality, visit: Callable[..., Client], facilitator: User
) -> None:
    ProposalFactory()
    answer = visit(saran, facilitator, stays=True).post(f"{ADDRESS}?{query}", {"comme": "csv"}, follow=True)
    assert (answer.status_code, answer.request["QUERY_STRING"]) == (422, query)
    assert "Aucun fichier n’a été préparé" in answer.content.decode()
    assert not AuditEntry.objects.filter(action="contributions_exported").exists()


def test_where_nothing_that_is_ticked_is_there_a_sentence_says_so(
    saran: Municipality, visit: Callable[..., Client], facilitator: User
) -> None:
    given = {"comme": "xlsx-cochees", "choix": ["PROPOSAL-999999", "ROMAN-1"]}
    answer = visit(saran, facilitator, stays=True).post(ADDRESS, given, follow=True)
    assert "ce que vous aviez coché n’existe plus" in answer.content.decode()


def test_each_line_has_the_whole_address_of_its_page(take: Callable[..., bytes], saran: Municipality) -> None:
    reply = ReplyFactory()
    for row in read_csv(take()):
        assert row["Adresse"].startswith(f"{saran.url.rstrip('/')}/")
    assert row["Adresse"].endswith(f"/{reply.argument.proposal_id}/")


def test_with_none_ticked_the_bar_in_sight_offers_all_that_is_found(
    saran: Municipality, visit: Callable[..., Client], facilitator: User
) -> None:
    ProposalFactory.create_batch(2)
    client = visit(saran, facilitator, stays=True)
    bar = client.get("/gestion/contributions/?quoi=PROPOSAL").text.partition('class="bulk-bar"')[2]
    assert "Exporter les 2 trouvées" in bar.partition("</div>")[0]
    assert f'formaction="{ADDRESS}?quoi=PROPOSAL" name="comme" value="xlsx">' in bar
    sent = client.post(f"{ADDRESS}?quoi=PROPOSAL", {"comme": "xlsx"})
    assert sent.status_code == 200


def test_a_file_says_the_consultation_that_it_holds(
    saran: Municipality, visit: Callable[..., Client], facilitator: User
) -> None:
    consultation = ProposalFactory().challenge.consultation
    Consultation.objects.create(slug="nos-rues", title="Nos rues", question="Quoi ?")
    client = visit(saran, facilitator, stays=True)
    for query, name in (("", "saran-contributions-"), ("territoires-resilients", "saran-{}-contributions-")):
        asked = f"consultation={consultation.slug}" if query else ""
        said = client.get(f"/gestion/contributions/?{asked}").text
        assert ("Celles de « " if query else "Celles de toutes les consultations.") in said.replace("\u00a0", " ")
        answer = client.post(f"{ADDRESS}?{asked}", {"comme": "csv"})
        assert name.format(consultation.slug) in answer.headers["Content-Disposition"]


def test_whoever_takes_them_along_is_on_record(take: Callable[..., bytes], facilitator: User) -> None:
    ReplyFactory()
    take()
    entry = AuditEntry.objects.get(action="contributions_exported")
    assert (entry.actor, entry.details) == (facilitator, {"lines": 3, "kind": "csv"})


@pytest.mark.parametrize("role", [Role.MODERATOR, Role.OBSERVER, Role.DECISION_MAKER])
def test_others_of_the_team_read_the_list_and_take_nothing(
    role: str, saran: Municipality, visit: Callable[..., Client]
) -> None:
    ProposalFactory()
    client = visit(saran, UserFactory(role=role), stays=True)
    assert "exporter" not in client.get("/gestion/contributions/").content.decode()
    assert client.post(ADDRESS, {"comme": "csv"}).status_code == 404


def test_rows_come_from_cursors_of_the_database_a_thousand_at_a_time(monkeypatch: Any) -> None:
    """However many there are, no more are held."""
    asked = []
    monkeypatch.setattr(
        "django.db.models.query.QuerySet.iterator",
        lambda rows, chunk_size: asked.append((rows.model.__name__, chunk_size)) or iter(()),
    )
    assert list(sheet_rows(Sift())) == []
    assert asked == [("Proposal", 1000), ("Argument", 1000), ("Reply", 1000)]
