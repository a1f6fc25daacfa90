"""What others follow from elsewhere: feeds, as readers take them in, and a calendar."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone
from django_tenants.utils import schema_context

from common.calendars import Happening, icalendar
from consultations.framing.models import Phase
from consultations.framing.services.closing import close_consultation
from consultations.outcomes.models import AnswerVersion
from consultations.participation.enums import Status
from consultations.participation.models import Proposal
from tenants.domains.renaming import rename_slug
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.opendata.factories import something_of_everything, the_consultation
from tests.participation.factories import ProposalFactory

ATOM = "{http://www.w3.org/2005/Atom}"
pytestmark = pytest.mark.usefixtures("in_saran")


@pytest.fixture
def anybody(saran: Municipality, visit: Callable[..., Client]) -> Client:
    return visit(saran, stays=True)


def feed_of(client: Client, path: str) -> ElementTree.Element:
    found = client.get(path)
    assert found.status_code == 200
    assert found["Content-Type"] == "application/atom+xml; charset=utf-8"
    root = ElementTree.fromstring(found.content)
    assert root.tag == f"{ATOM}feed"
    for of in (root, *root.findall(f"{ATOM}entry")):  # RFC 4287, 4.1.1 and 4.1.2
        for name in ("id", "title", "updated"):
            assert len(of.findall(ATOM + name)) == 1, name
        assert datetime.fromisoformat(text(of, "updated")).tzinfo is not None
    ids = [text(each, "id") for each in root.findall(f"{ATOM}entry")]
    assert len(set(ids)) == len(ids)
    links = {each.get("rel"): each.get("href") for each in root.findall(f"{ATOM}link")}
    assert str(links["self"]).endswith(path)
    return root


def text(of: ElementTree.Element, name: str) -> str:
    return of.findtext(ATOM + name) or ""


def entries(client: Client, path: str) -> list[ElementTree.Element]:
    return feed_of(client, path).findall(f"{ATOM}entry")


def test_proposals_as_their_page_says_them(anybody: Client) -> None:
    slug = the_consultation().slug
    author = UserFactory(public_name="Camille B.")
    ProposalFactory(title="Des bancs & <b>des arbres</b>", solution="L’eau\n\n<!--hole:account-->", author=author)
    ProposalFactory(title="Masquée", status=Status.HIDDEN)
    path = f"/consultations/{slug}/propositions.atom"
    [entry] = entries(anybody, path)
    assert text(entry, "title") == "Des bancs & <b>des arbres</b>"
    assert entry.findtext(f"{ATOM}author/{ATOM}name") == "Camille B."
    assert "<p>L’eau</p>" in text(entry, "summary")
    assert "&lt;!--hole:account--&gt;" in text(entry, "summary")
    assert anybody.get(path).headers["X-Cache"] == "hit"


def test_an_entry_keeps_its_id_wherever_the_city_moves(anybody: Client, saran: Municipality) -> None:
    slug = the_consultation().slug
    ProposalFactory()
    path = f"/consultations/{slug}/propositions.atom"
    before = text(entries(anybody, path)[0], "id")
    Proposal.objects.update(title="Un autre titre", reworked_at=timezone.now() + timedelta(hours=1))
    with schema_context("public"):
        operator = UserFactory(role="OPERATOR")
        rename_slug(municipality=saran, slug="saran-demain", actor=operator, by_city=False)  # type: ignore[arg-type]
    saran.slug = "saran-demain"
    anybody.defaults["HTTP_HOST"] = saran.host
    [entry] = entries(anybody, path)
    assert text(entry, "id") == before
    assert text(entry, "title") == "Un autre titre"
    assert "saran-demain" in str(entry.find(f"{ATOM}link").get("href"))  # type: ignore[union-attr]


def test_answers_and_projects(anybody: Client) -> None:
    made = something_of_everything()
    path = f"/consultations/{the_consultation().slug}/reponses.atom"
    [answer] = entries(anybody, path)
    assert text(answer, "title").startswith("Retenue")
    assert "Hélène Vasseur" in str(answer.findtext(f"{ATOM}author/{ATOM}name"))
    assert {text(each, "title").partition(" ")[0] for each in entries(anybody, "/projets.atom")} == {"Un"}
    assert len(entries(anybody, "/projets.atom")) == 2
    AnswerVersion.objects.update(is_hidden=True)
    made["project"].news.update(is_hidden=True)
    assert entries(anybody, path) == []
    assert len(entries(anybody, "/projets.atom")) == 1


def test_an_empty_feed_is_a_feed(anybody: Client) -> None:
    assert entries(anybody, f"/consultations/{the_consultation().slug}/propositions.atom") == []


def test_who_has_it_already_is_only_told_so(anybody: Client) -> None:
    slug = the_consultation().slug
    ProposalFactory()
    for path in (f"/consultations/{slug}/propositions.atom", "/projets.atom", f"/consultations/{slug}/calendrier.ics"):
        marks = {anybody.get(path).headers["ETag"] for _made_then_kept in range(2)}
        [mark] = marks
        for known in (mark, f"W/{mark}"):  # as it is said of what was compressed on the way
            again = anybody.get(path, HTTP_IF_NONE_MATCH=known)
            assert (again.status_code, again.content) == (304, b""), path
        assert anybody.get(path, HTTP_IF_NONE_MATCH='"another"').status_code == 200
    ProposalFactory()
    path = f"/consultations/{slug}/propositions.atom"
    assert anybody.get(path).status_code == 200


def test_pages_lead_to_their_feeds(anybody: Client) -> None:
    slug = the_consultation().slug
    for page, feed in (
        ("/propositions/", "propositions.atom"),
        ("/reponses/", "reponses.atom"),
        ("/", "reponses.atom"),
    ):
        assert f'type="application/atom+xml" href="/consultations/{slug}/{feed}"' in anybody.get(page).content.decode()
    assert 'href="/projets.atom"' in anybody.get("/projets/").content.decode()
    assert f"/consultations/{slug}/calendrier.ics" in anybody.get("/").content.decode()
    close_consultation(consultation=the_consultation(), actor=None, at=timezone.now())
    Phase.objects.filter(opens_at__gt=timezone.now()).delete()
    Phase.objects.update(closes_at=timezone.now())
    page = anybody.get("/").content.decode()
    assert f"/consultations/{slug}/calendrier.ics" not in page, "no date is to come"
    assert "Suivre par un flux" in page


def test_there_is_none_of_what_is_being_prepared(anybody: Client) -> None:
    consultation = the_consultation()
    consultation.opened_at = None
    consultation.save()
    for name in ("propositions.atom", "reponses.atom", "calendrier.ics"):
        assert anybody.get(f"/consultations/{consultation.slug}/{name}").status_code == 404


def test_the_foot_leads_there_once_the_city_is_open(anybody: Client, saran: Municipality) -> None:
    assert 'href="/opendata/"' in anybody.get("/").content.decode()
    with schema_context("public"):
        Municipality.objects.filter(pk=saran.pk).update(opened_at=None)
    page = anybody.get("/").content.decode()
    assert "/mentions-legales/" in page
    assert 'href="/opendata/"' not in page
    assert 'href="/moderation/"' not in page


# ── Calendar ─────────────────────────────────────────────────────────────────


def unfolded(content: bytes) -> list[str]:
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    assert b"\n" not in content.replace(b"\r\n", b"")
    return content.decode().replace("\r\n ", "").split("\r\n")


def read_events(content: bytes) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []
    for line in unfolded(content):
        name, _colon, value = line.partition(":")
        if line == "BEGIN:VEVENT":
            found.append({})
        elif found and name != "END":
            found[-1][name] = value
    return found


def test_phases_are_in_ones_own_calendar(anybody: Client) -> None:
    consultation = the_consultation()
    zone = timezone.get_current_timezone()
    Phase.objects.filter(consultation=consultation).delete()
    whole = {"opens_at": datetime(2026, 11, 1, tzinfo=zone), "closes_at": datetime(2026, 12, 1, tzinfo=zone)}
    Phase.objects.create(consultation=consultation, kind="PROPOSE", **whole)
    hours = {"opens_at": datetime(2027, 7, 1, 8, tzinfo=zone), "closes_at": datetime(2027, 8, 1, 20, tzinfo=zone)}
    Phase.objects.create(consultation=consultation, kind="REWORK", **hours)
    found = anybody.get(f"/consultations/{consultation.slug}/calendrier.ics")
    assert found["Content-Type"] == "text/calendar; charset=utf-8"
    first, second = read_events(found.content)
    assert (first["DTSTART;VALUE=DATE"], first["DTEND;VALUE=DATE"]) == ("20261101", "20261201")
    assert (second["DTSTART"], second["DTEND"]) == ("20270701T060000Z", "20270801T180000Z")
    assert first["SUMMARY"].endswith("Proposer")
    Phase.objects.filter(kind="REWORK").update(closes_at=None)
    again = read_events(anybody.get(f"/consultations/{consultation.slug}/calendrier.ics").content)
    assert again[1]["SUMMARY"].endswith("Réécrire (début)")
    assert [each["UID"] for each in again] == [first["UID"], second["UID"]]


def test_what_is_written_in_it_is_text() -> None:
    moment = datetime(2026, 11, 1, 12, 30, tzinfo=ZoneInfo("Indian/Reunion"))
    title = "Où, quand ; comment\\?\r\nBEGIN:VEVENT\n" + "é" * 200
    content = icalendar("x", [Happening("u", title, moment, None, "", "https://x.example/", moment)])
    [event] = read_events(content)
    assert event["SUMMARY"] == "Où\\, quand \\; comment\\\\?\\nBEGIN:VEVENT\\n" + "é" * 200
    assert event["DTSTART"] == "20261101T083000Z"
    assert "DTEND" not in event


def test_the_calendar_of_a_city_far_away_is_in_its_days() -> None:
    with timezone.override("Pacific/Tahiti"):
        begins = datetime(2026, 11, 1, tzinfo=ZoneInfo("Pacific/Tahiti"))
        happening: Any = Happening("u", "t", begins, begins + timedelta(days=2), "", "https://x.example/", begins)
        [event] = read_events(icalendar("x", [happening]))
    assert (event["DTSTART;VALUE=DATE"], event["DTEND;VALUE=DATE"]) == ("20261101", "20261103")
