"""The files that anybody takes along: what everybody reads, by nobody's name, and nothing that was taken away."""

import csv
import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from common.models import ContentRevision
from consultations.framing.models import Consultation
from consultations.opendata.models import Build, OpenFile, OpenFilePart
from consultations.opendata.names import Names
from consultations.opendata.registry import table_named, tables
from consultations.opendata.schema import schema_of
from consultations.opendata.selectors import content_of
from consultations.opendata.services.building import build_open_data
from consultations.opendata.tasks import out_of_date
from consultations.outcomes.models import AnswerVersion, ProjectNews
from consultations.participation.enums import Status
from consultations.participation.models import Argument, Proposal, Reaction, Reply
from consultations.voting import rules
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.opendata.factories import reworked, something_of_everything, the_consultation
from tests.participation.factories import ArgumentFactory, ProposalFactory, ReplyFactory
from tests.voting.test_result import counted

pytestmark = pytest.mark.usefixtures("in_saran")


def build() -> int:
    return build_open_data(at=timezone.now())


def bytes_of(name: str) -> bytes:
    return b"".join(content_of(OpenFile.objects.get(name=name, consultation=the_consultation())))


def rows_of(table: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(bytes_of(f"{table}.json"))
    return found


def sheet_of(table: str) -> list[dict[str, str]]:
    text = bytes_of(f"{table}.csv").decode("utf-8-sig")
    return list(csv.DictReader(StringIO(text), delimiter=";"))


def lines() -> list[dict[str, Any]]:
    return [json.loads(line) for line in bytes_of("consultation.jsonl").splitlines()]


# ── What is there ────────────────────────────────────────────────────────────


def test_each_table_has_what_everybody_reads() -> None:
    made = something_of_everything()
    build()
    [proposal] = [each for each in rows_of("propositions") if each["titre"] == "Une idée réécrite"]
    assert proposal["version"] == 2
    assert proposal["arguments_pour"] == 1
    assert proposal["etape"] == "Idée"
    versions = [each for each in rows_of("versions") if each["proposition"] == proposal["identifiant"]]
    assert [each["numero"] for each in versions] == [1, 2]
    assert versions[1]["note"] == "Les horaires ont changé."
    [argument] = rows_of("arguments")
    assert (argument["proposition"], argument["position"]) == (proposal["identifiant"], "pour")
    assert (argument["suite"], argument["motif"], argument["repris_dans"]) == ("Repris", "C’est juste.", 2)
    [reply] = rows_of("reponses")
    assert reply["argument"] == argument["identifiant"]
    assert reply["auteur"] == proposal["auteur"] != argument["auteur"]
    [answer] = rows_of("reponses-officielles")
    assert (answer["decision"], answer["signataire"]) == ("Retenue", "Hélène Vasseur")
    [project] = rows_of("projets")
    assert project["propositions"] == answer["proposition"]
    assert project["budget_prevu"] == 12_000
    assert rows_of("etapes")[0]["projet"] == rows_of("nouvelles")[0]["projet"] == project["identifiant"]
    assert project["adresse"].endswith(made["project"].get_absolute_url())


def test_a_spreadsheet_opens_it_and_works_nothing_out() -> None:
    the_consultation()
    ProposalFactory(title="=HYPERLINK(1)", solution="« Été »\n- un banc ; deux bancs", problem="-3 °C")
    build()
    raw = bytes_of("propositions.csv")
    assert raw.startswith(b"\xef\xbb\xbfidentifiant;defi;titre;")
    [row] = sheet_of("propositions")
    assert (row["titre"], row["probleme"]) == ("'=HYPERLINK(1)", "'-3 °C")
    assert row["solution"] == "« Été »\n- un banc ; deux bancs"
    assert rows_of("propositions")[0]["titre"] == "=HYPERLINK(1)"


def test_the_result_of_a_vote_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "PUBLISHED_FROM", 3)
    the_consultation()
    vote = counted((1, 2), (1,), (3,))
    build()
    rows = rows_of("votes")
    assert {each["vote"] for each in rows} == {vote.number}
    assert sum(each["voix"] for each in rows) == sum(vote.tally.result["votes"].values())
    assert any(each["choisi"] for each in rows)


def test_reactions_are_counts_alone() -> None:
    the_consultation()
    proposal = ProposalFactory(like_count=2, current_like_count=1)
    Reaction.objects.create(proposal=proposal, user=UserFactory(public_name="Zoé Réagit"), value="LIKE")
    build()
    [row] = rows_of("propositions")
    assert (row["j_aime"], row["j_aime_version_actuelle"], row["je_n_aime_pas"]) == (2, 1, 0)
    assert {each["auteur"] for each in rows_of("propositions")} == {row["auteur"]}
    assert "Zoé" not in everything()


def everything() -> str:
    parts = OpenFilePart.objects.order_by("file", "position").values_list("content", flat=True)
    return b"".join(map(bytes, parts)).decode()


# ── What is not ──────────────────────────────────────────────────────────────


def test_nobody_is_named() -> None:
    the_consultation()
    author = UserFactory(public_name="Camille Baudry", email="camille@exemple.fr", neighbourhood="Chêne Maillard")
    proposal = reworked(author=author)
    ReplyFactory(argument=ArgumentFactory(proposal=proposal, author=author), author=author)
    ProposalFactory(author=None, imported_author="Jeanne Venue d’ailleurs", import_ref="x")
    build()
    said = everything()
    for secret in ("Camille", "Baudry", "camille@", "Chêne Maillard", "Jeanne", f'"{author.pk}"'):
        assert secret not in said
    pseudonyms = {rows_of(table)[0]["auteur"] for table in ("arguments", "reponses")}
    assert len(pseudonyms) == 1
    assert len({each["auteur"] for each in rows_of("propositions")}) == 2


def test_a_pseudonym_is_of_one_consultation_and_of_one_city() -> None:
    here, there = Names(b"k" * 32, consultation=1, url=""), Names(b"k" * 32, consultation=2, url="")
    elsewhere = Names(b"l" * 32, consultation=1, url="")
    assert here.person(7) == Names(b"k" * 32, consultation=1, url="").person(7)
    assert len({here.person(7), there.person(7), elsewhere.person(7), here.person(8)}) == 4
    assert len({here.of("propositions", 7), there.of("propositions", 7), here.of("arguments", 7)}) == 3


@pytest.mark.parametrize("status", [Status.HIDDEN, Status.HELD, Status.REMOVED, Status.WITHDRAWN])
@pytest.mark.parametrize("what", [Proposal, Argument, Reply])
def test_what_was_taken_away_is_in_no_file_and_nothing_that_hangs_on_it(what: type[Model], status: str) -> None:
    something_of_everything()
    what._default_manager.update(status=status)
    build()
    gone = {
        Proposal: ["propositions", "versions", "arguments", "reponses", "reponses-officielles"],
        Argument: ["arguments", "reponses"],
        Reply: ["reponses"],
    }[what]
    for table in gone:
        assert rows_of(table) == []
    if what is Proposal:
        assert rows_of("projets")[0]["propositions"] is None
        assert {each["type"] for each in lines()} == {"consultation", "challenge", "project"}


def test_hidden_answers_reasons_and_news_are_in_no_file() -> None:
    something_of_everything()
    AnswerVersion.objects.update(is_hidden=True)
    ProjectNews.objects.update(is_hidden=True)
    Argument.objects.update(verdict_hidden=True)
    build()
    assert rows_of("reponses-officielles") == rows_of("nouvelles") == []
    assert rows_of("arguments")[0]["motif"] is None
    assert "C’est juste" not in everything()


def test_what_is_being_prepared_is_in_no_file() -> None:
    the_consultation()
    Consultation.objects.create(slug="secrete", title="Une consultation secrète", question="Encore ?")
    build()
    assert "secrète" not in everything()


def test_what_is_erased_is_gone_the_next_time_and_kept_nowhere() -> None:
    the_consultation()
    proposal = ProposalFactory(title="Le titre effacé")
    build()
    assert "Le titre effacé" in everything()
    Proposal.objects.filter(pk=proposal.pk).delete()
    build()
    assert "Le titre effacé" not in everything()


# ── When ─────────────────────────────────────────────────────────────────────


def test_files_that_come_out_the_same_stay_as_they_are() -> None:
    something_of_everything()
    assert build() == OpenFile.objects.count() > 20
    before = dict(OpenFile.objects.values_list("pk", "changed_at"))
    assert build() == 0
    assert dict(OpenFile.objects.values_list("pk", "changed_at")) == before
    Argument.objects.update(text="Un autre argument.")
    assert build() == 3  # in CSV, in JSON and in the whole


def test_a_build_of_older_content_does_not_undo_a_newer_one() -> None:
    something_of_everything()
    build()
    Build.objects.update(value=2**40)
    Argument.objects.update(text="Un autre argument.")
    assert build() == 0


def test_files_are_made_anew_once_something_has_changed() -> None:
    def waits(**later: int) -> bool:
        return any(each.exists() for each in out_of_date(at=timezone.now() + timedelta(**later)))

    the_consultation()
    assert waits()
    build()
    assert not waits(days=30)
    ContentRevision.objects.update(soon=2**40)  # something was added, or counted
    assert not waits(hours=1)
    assert waits(hours=21)
    ContentRevision.objects.update(value=2**40)  # something acts at once: hidden, corrected, erased
    assert waits()


def test_making_them_changes_no_page() -> None:
    something_of_everything()
    build()
    OpenFile.objects.all().delete()
    before = ContentRevision.objects.values_list("value", "soon").get()
    assert build() > 20
    assert ContentRevision.objects.values_list("value", "soon").get() == before


# ── How they are served ──────────────────────────────────────────────────────


def test_whoever_has_a_file_is_told_that_it_is_the_same(visit: Callable[..., Client], saran: Municipality) -> None:
    something_of_everything()
    build()
    address = f"/opendata/{the_consultation().slug}/propositions.csv"
    found = visit(saran, stays=True).get(address)
    assert found.status_code == 200
    assert found["Content-Type"] == "text/csv; charset=utf-8"
    assert found["Access-Control-Allow-Origin"] == "*"
    assert not found.cookies
    assert b"".join(found.streaming_content) == bytes_of("propositions.csv")
    for asked in ({"if-none-match": found["ETag"]}, {"if-modified-since": found["Last-Modified"]}):
        assert visit(saran, stays=True).get(address, headers=asked).status_code == 304


def test_there_is_no_file_of_what_nobody_may_read(visit: Callable[..., Client], saran: Municipality) -> None:
    consultation = the_consultation()
    build()
    address = f"/opendata/{consultation.slug}/"
    for name in ("rien.csv", "propositions.exe", "propositions.csv.json", "..%2fpropositions.csv", "%00.csv"):
        assert visit(saran, stays=True).get(address + name).status_code == 404
    Consultation.objects.update(opened_at=None)
    assert visit(saran, stays=True).get(f"{address}propositions.csv").status_code == 404
    assert visit(saran, stays=True).get(address).status_code == 404


def test_before_the_first_time_the_page_says_so(visit: Callable[..., Client], saran: Municipality) -> None:
    consultation = the_consultation()
    assert "n’ont pas encore été établis" in visit(saran, stays=True).get("/opendata/").content.decode()
    assert (
        "ne sont pas encore établis" in visit(saran, stays=True).get(f"/opendata/{consultation.slug}/").content.decode()
    )


def test_however_many_consultations_there_are_the_page_asks_as_often(
    visit: Callable[..., Client], saran: Municipality
) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert visit(saran, stays=True).get("/opendata/").status_code == 200
        return len(captured)

    the_consultation()
    build()
    asked()
    before = asked()
    for number in range(8):
        Consultation.objects.create(slug=f"c{number}", title=f"C {number}", question="?", opened_at=timezone.now())
    build()
    assert asked() == before


# ── What columns are ─────────────────────────────────────────────────────────

_READ: dict[str, Callable[[str], Any]] = {
    "string": str,
    "integer": int,
    "boolean": {"oui": True, "non": False}.__getitem__,
    "date": date.fromisoformat,
    "datetime": lambda text: datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=UTC),
}


def test_every_row_is_as_its_schema_says() -> None:
    """The rules of Table Schema: names in their order, types, enumerations, what is required, keys, references."""
    something_of_everything()
    counted((1, 2), (1,), (3,))
    build()
    keys: dict[str, set[str]] = {}
    full = set()
    for table in tables:
        schema, rows = schema_of(table), sheet_of(table.name)
        fields = {each["name"]: each for each in schema["fields"]}
        assert all(each["description"] for each in fields.values())
        for row in rows:
            assert list(row) == list(fields)
            for name, text in row.items():
                limits = fields[name].get("constraints", {})
                assert text or not limits.get("required"), f"{table.name}.{name}"
                if text:
                    _READ[fields[name]["type"]](text)
                    assert text in limits.get("enum", [text]), f"{table.name}.{name}: {text}"
                    full.add((table.name, name))
        primary = [tuple(row[name] for name in schema["primaryKey"]) for row in rows]
        assert len(primary) == len(set(primary)), table.name
        keys[table.name] = {row.get("identifiant", "") for row in rows}
        for each in schema.get("foreignKeys", []):
            found = {row[each["fields"]] for row in rows} - {""}
            assert found <= keys[each["reference"]["resource"]], f"{table.name}.{each['fields']}"
    assert len(full) > 70


def test_the_json_has_the_columns_of_the_schema() -> None:
    something_of_everything()
    build()
    for table in tables:
        for row in rows_of(table.name):
            assert list(row) == [each.name for each in table.columns]


def test_words_of_columns_are_about_what_they_hold() -> None:
    def said(table: str, column: str) -> str:
        found = table_named(table)
        assert found is not None
        return next(str(each.meaning) for each in found.columns if each.name == column)

    assert said("projets", "lieu") == "où il se trouve"
    assert said("sources", "adresse") == "où elle se trouve"
    assert said("arguments", "voix_ailleurs").endswith("d’où il est repris")


def test_the_pages_lead_to_feeds_calendar_and_api(visit: Callable[..., Client], saran: Municipality) -> None:
    slug = the_consultation().slug
    client = visit(saran, stays=True)
    page = client.get(f"/opendata/{slug}/").content.decode()
    for ending in ("propositions.atom", "reponses.atom", "calendrier.ics"):
        assert f'href="/consultations/{slug}/{ending}"' in page
    for each in (page, client.get("/opendata/").content.decode()):
        assert 'href="/api/"' in each
    assert f'href="/widget/consultations/{slug}/"' in page


def test_columns_have_an_address(visit: Callable[..., Client], saran: Municipality) -> None:
    slug = the_consultation().slug
    found = visit(saran, stays=True).get(f"/opendata/{slug}/propositions/colonnes.json")
    assert found.json()["fields"][0]["name"] == "identifiant"
    assert visit(saran, stays=True).get(f"/opendata/{slug}/rien/colonnes.json").status_code == 404
