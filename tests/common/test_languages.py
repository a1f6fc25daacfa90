"""The address says the language of a page: /en/… is the same page in English, where a city offers it."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_script_prefix, reverse
from django.utils import timezone, translation
from django_tenants.utils import schema_context

from accounts.mail import send_mail_later
from accounts.models import AuditEntry, User
from common.languages import in_language, in_that_language, links_in, offered, other_languages, split, versions
from common.models import OutboxMessage
from common.templatetags.languages import as_written, quotes_as_written
from common.text import in_euros, in_figures, shortened
from consultations.framing.services.languages import offer_languages
from consultations.moderation.services.orders import subject_at
from consultations.participation.models import Proposal
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.meetings.factories import a_meeting
from tests.notifications.factories import NoticeFactory
from tests.participation.factories import ProposalFactory

Visit = Callable[..., Client]


@pytest.fixture
def english(in_saran: Municipality) -> Municipality:
    offer_languages(municipality=in_saran, codes=["en"], actor=None)
    in_saran.languages = "en"
    return in_saran


def language_of(page: str) -> str:
    found = re.search(r'<html lang="(\w+)"', page)
    assert found
    return found[1]


def links(page: str) -> set[str]:
    return set(re.findall(r'(?:href|action)="(/[^"]*)"', page))


def test_the_address_says_the_language_and_all_links_stay_in_it(english: Municipality, visit: Visit) -> None:
    visitor = visit(english, stays=True)
    french, page = visitor.get("/").content.decode(), visitor.get("/en/").content.decode()
    assert (language_of(french), language_of(page)) == ("fr", "en")
    assert ">Sign in<" in page
    assert ">Se connecter<" in french
    assert all(link.startswith(("/en/", "/static/")) or link == "/" for link in links(page)), links(page)
    assert {link for link in links(french) if link.startswith("/en/")} == {"/en/"}
    assert get_script_prefix() == "/"
    assert translation.get_language() == "fr"


def test_a_language_that_is_not_offered_is_nowhere(in_saran: Municipality, brest: Municipality, visit: Visit) -> None:
    assert visit(in_saran, stays=True).get("/en/").status_code == 404
    page = visit(in_saran, stays=True).get("/").content.decode()
    assert "hreflang" not in page
    offer_languages(municipality=in_saran, codes=["en", "xx"], actor=None)
    assert visit(in_saran, stays=True).get("/en/").status_code == 200
    assert visit(in_saran, stays=True).get("/xx/").status_code == 404
    assert visit(in_saran, stays=True).get("/fr/").status_code == 404
    assert visit(brest).get("/en/").status_code == 404
    assert visit(None).get("/en/").status_code == 404


def test_what_is_in_french_alone_is_led_to(english: Municipality, visit: Visit) -> None:
    visitor = visit(english, stays=True)
    for path, leads_to in (
        ("/en", "/en/"),
        ("/en?page=2", "/en/?page=2"),
        ("/en/gestion/?semaine=1", "/gestion/?semaine=1"),
        ("/en/api/v1/proposals", "/api/v1/proposals"),
        ("/en/projets.atom", "/projets.atom"),
        ("/en//evil.example/gestion/x.pdf", "/evil.example/gestion/x.pdf"),
    ):
        answer = visitor.get(path)
        assert (answer.status_code, answer["Location"]) == (302, leads_to)
    assert visitor.post("/en/gestion/langues/").status_code == 307  # what was sent goes along
    logo = reverse("city_colours", args=["1d4a41"])
    assert visitor.get(f"/en{logo}").status_code == 200  # without a word: no way round


def test_nothing_of_a_language_is_left_after_a_request_that_broke(
    english: Municipality, visit: Visit, monkeypatch: Any
) -> None:
    def breaks(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr("consultations.portal.resident.reading.render", breaks)
    with pytest.raises(RuntimeError):
        visit(english, stays=True).get("/en/mode-d-emploi/")
    assert get_script_prefix() == "/"
    assert translation.get_language() == "fr"


def test_the_switch_leads_to_the_same_page_with_what_its_address_asks(english: Municipality, visit: Visit) -> None:
    visitor = visit(english, stays=True)
    page = visitor.get("/propositions/?etape=rework").content.decode()
    assert '<a href="/en/propositions/?etape=rework" lang="en" hreflang="en">English</a>' in page
    root = english.url.rstrip("/")
    assert f'<link rel="alternate" hreflang="en" href="{root}/en/propositions/?etape=rework">' in page
    assert f'<link rel="alternate" hreflang="fr" href="{root}/propositions/?etape=rework">' in page
    back = visitor.get("/en/propositions/?etape=rework").content.decode()
    assert 'href="/propositions/?etape=rework" lang="fr" hreflang="fr">Français</a>' in back


def test_kept_pages_lie_apart_cost_the_same_and_go_together(english: Municipality, visit: Visit) -> None:
    proposal = ProposalFactory(title="Des bancs à l’ombre")
    visitor = visit(english)
    costs = {}
    for prefix in ("", "/en"):
        address = f"{prefix}{proposal.get_absolute_url()}"
        assert visitor.get(address)["X-Cache"] == "miss"
        with CaptureQueriesContext(connection) as asked:
            page = visitor.get(address)
        assert page["X-Cache"] == "hit"
        assert language_of(page.content.decode()) == ("en" if prefix else "fr")
        costs[prefix] = len(asked)
    assert costs[""] == costs["/en"] == 1
    with schema_context(english.schema_name):
        Proposal.objects.filter(pk=proposal.pk).update(solution="Des arbres, et des bancs")
    for prefix in ("", "/en"):
        page = visitor.get(f"{prefix}{proposal.get_absolute_url()}")
        assert page["X-Cache"] == "miss"
        assert "Des arbres, et des bancs" in page.content.decode()


def test_what_people_wrote_is_marked_as_french(english: Municipality, visit: Visit) -> None:
    proposal = ProposalFactory(title="Des bancs à l’ombre", solution="Planter, puis s’asseoir. " * 5)
    visitor = visit(english, stays=True)
    page = visitor.get(f"/en{proposal.get_absolute_url()}").content.decode()
    assert '<span lang="fr">Des bancs à l’ombre</span></h1>' in page
    assert re.search(r'<p lang="fr">Planter', page)
    french = visitor.get(proposal.get_absolute_url()).content.decode()
    assert 'lang="fr">Des bancs' not in french
    assert "<p>Planter" in french


def test_prose_in_french_alone_says_so_first(english: Municipality, visit: Visit) -> None:
    visitor = visit(english, stays=True)
    page = visitor.get("/en/mentions-legales/").content.decode()
    assert "This page exists in French only." in page
    assert '<title lang="fr">Mentions légales' in page
    assert "exists in French" not in visitor.get("/mentions-legales/").content.decode()
    # Nor is it said to stand elsewhere in the other language; who reads on in it finds the switch.
    for path in ("mentions-legales", "charte", "donnees-personnelles", "accessibilite", "opendata"):
        for prefix in ("/", "/en/"):
            page = visitor.get(f"{prefix}{path}/").content.decode()
            assert '<h1 class="article-title">' in page
            assert '<link rel="alternate" hreflang' not in page, path
            assert f'href="{"/" if prefix == "/en/" else "/en/"}{path}/" lang=' in page


def test_a_refusal_is_in_the_language_too(english: Municipality, visit: Visit) -> None:
    proposal = ProposalFactory()
    visitor = visit(english, stays=True)
    missing = visitor.get("/en/propositions/999999/rien/")
    assert missing.status_code == 404
    assert language_of(missing.content.decode()) == "en"
    pressed = visitor.get(f"/en{proposal.get_absolute_url()}suivre/")
    assert pressed.status_code == 405
    assert language_of(pressed.content.decode()) == "en"
    assert f'href="/en{proposal.get_absolute_url()}"' in pressed.content.decode()


def test_the_team_chooses_what_the_city_offers(in_saran: Municipality, visit: Visit) -> None:
    desk = visit(in_saran, UserFactory(administrator=True), stays=True)
    assert "English" in desk.get("/gestion/langues/").content.decode()
    for _again in range(2):
        assert desk.post("/gestion/langues/", {"en": "on"}).status_code == 302
    assert desk.get("/en/").status_code == 200
    [entry] = AuditEntry.objects.filter(action="languages_offered")
    assert entry.details == {"languages": ["en"]}
    assert "Français, English" in desk.get("/gestion/reglages/").content.decode()
    assert desk.post("/gestion/langues/", {}).status_code == 302
    assert desk.get("/en/").status_code == 404
    assert offered(None) == []


def test_signing_in_is_all_in_the_language_and_the_account_remembers_it(english: Municipality, visit: Visit) -> None:
    user = UserFactory(email="sam@example.org")
    visitor = visit(english, stays=True)
    OutboxMessage.objects.all().delete()
    answer = visitor.post("/en/connexion/", {"email": "sam@example.org", "next": "/en/propositions/"})
    assert answer["Location"] == "/en/connexion/code/"
    mail = OutboxMessage.objects.get(task="accounts.tasks.send_mail").payload
    assert "code" in mail["subject"].lower()
    assert f"{english.url}en/connexion/lien/" in mail["body"]
    assert f"{english.url}en/connexion/lien/" in mail["html"]
    code = re.search(r"\b(\d{3})\s?(\d{3})\b", mail["body"])
    assert code
    answer = visitor.post("/en/connexion/code/", {"code": "".join(code.groups())}, follow=True)
    assert answer.request["PATH_INFO"].startswith("/en/")
    user.refresh_from_db()
    assert user.language == "en"
    assert visitor.post("/en/deconnexion/")["Location"] == "/en/"


def test_mails_are_in_the_language_of_the_account_wherever_they_are_written(english: Municipality) -> None:
    sam, eve = UserFactory(language="en", last_login=timezone.now()), UserFactory(last_login=timezone.now())
    boss = UserFactory(administrator=True, language="en", last_login=timezone.now())

    def written(user: User) -> dict[str, Any]:
        OutboxMessage.objects.all().delete()
        send_mail_later(
            template="accounts/email/address_undone",
            to=user.email,
            context={"city": english, "page": f"{english.url}ma-participation/"},
        )
        mail: dict[str, Any] = OutboxMessage.objects.get(task="accounts.tasks.send_mail").payload
        return mail

    assert "An account on the consultation of Saran" in written(sam)["body"]
    with in_language("en"):
        assert "An account" not in written(eve)["body"]
        assert "An account" not in written(boss)["body"], "the team's are in French"
    offer_languages(municipality=english, codes=[], actor=None)
    english.languages = ""
    assert "An account" not in written(sam)["body"], "nor where the city offers it no more"


def test_news_come_in_it_with_links_into_it(english: Municipality, person: Any) -> None:
    from notifications.models import MailPreference
    from notifications.services.digests import send_digest

    sam = UserFactory(language="en", last_login=timezone.now())
    NoticeFactory(user=sam, proposal=ProposalFactory(title="Des bancs à l’ombre"))
    MailPreference.objects.update_or_create(user=sam, defaults={"next_mail_at": timezone.now()})
    assert send_digest(user_id=sam.pk, at=timezone.now())
    mail = OutboxMessage.objects.get(task="accounts.tasks.send_mail").payload
    assert "Here is what is new for you in the consultation of Saran." in mail["body"]
    found = set(re.findall(rf"{re.escape(english.url)}(\S+?)/", mail["body"] + mail["headers"]["List-Unsubscribe"]))
    assert found
    assert all(path.startswith("en") for path in found), found
    assert get_script_prefix() == "/"


def test_somebody_chooses_the_language_of_their_mails(english: Municipality, visit: Visit) -> None:
    sam = UserFactory()
    visitor = visit(english, sam, stays=True)
    assert "English" in visitor.get("/mes-courriels/").content.decode()
    assert visitor.post("/mes-courriels/", {"frequency": "DAILY"}).status_code == 422
    for _again in range(2):
        assert visitor.post("/mes-courriels/", {"frequency": "DAILY", "language": "en"}).status_code == 302
    sam.refresh_from_db()
    assert sam.language == "en"
    assert AuditEntry.objects.filter(action="mail_language_chosen").count() == 1
    offer_languages(municipality=english, codes=[], actor=None)
    assert visitor.post("/mes-courriels/", {"frequency": "DAILY"}).status_code == 302


def test_links_of_a_text_lead_into_a_language() -> None:
    root = "https://saran.example"
    text = f"Voir {root}/propositions/4/ et {root}/gestion/ ou <a href='{root}/en/'>ici</a>, {root}.org/x, {root}/p.csv?a=1"
    said = links_in(text, root=root, code="en")
    assert said == (
        f"Voir {root}/en/propositions/4/ et {root}/gestion/ ou <a href='{root}/en/'>ici</a>, {root}.org/x, {root}/p.csv?a=1"
    )
    assert links_in(said, root=root, code="en") == said
    assert links_in(said, root=root, code="fr").count("/en/") == 0
    assert split("/en/connexion/") == ("en", "/connexion/")
    assert split("/entre/") == ("fr", "/entre/")
    assert in_that_language("/en/", "fr") == "/"
    assert list(other_languages()) == ["en"]


def test_figures_and_quotes_are_written_as_the_language_does() -> None:
    assert (in_figures(17316.5), in_euros(28000.5)) == ("17\u202f316,5", "28\u202f000,50\u00a0€")
    with in_language("en"):
        assert (in_figures(17316.5), in_euros(28000.5)) == ("17,316.5", "€28,000.50")
        assert shortened("Answer to “Benches in the shade of trees”, and more", 30) == "Answer to “Benches in the…”"


def test_an_address_in_a_language_names_the_same_thing(english: Municipality) -> None:
    proposal = ProposalFactory()
    assert subject_at(f"{english.url}en{proposal.get_absolute_url()}").pk == proposal.pk


def test_a_title_that_is_marked_already_is_no_html_to_read(in_saran: Municipality) -> None:
    with in_language("en"):
        assert quotes_as_written(as_written("L’ombre & l’eau")) == '<span lang="fr">L’ombre &amp; l’eau</span>'
        assert quotes_as_written("A <b> said “L’eau”") == 'A &lt;b&gt; said “<span lang="fr">L’eau</span>”'


def test_the_cookie_of_a_link_goes_to_its_page_in_each_language(english: Municipality, visit: Visit) -> None:
    for start in ("", "/en"):
        answer = visit(english, stays=True).get(f"{start}/ne-plus-ecrire/abc/")
        clean = answer.headers["Location"].removeprefix("/en")
        assert {name.endswith("-en"): each["path"] for name, each in answer.cookies.items()} == {
            False: clean,
            True: f"/en{clean}",
        }


def test_after_an_error_the_other_language_leads_to_the_page_of_the_form(english: Municipality, visit: Visit) -> None:
    meeting = a_meeting()
    page = visit(english, stays=True).post(f"/en/rendez-vous/{meeting.pk}/inscription/", {"email": "bad@"})
    assert page.status_code == 422
    assert {each.url for each in versions(page.context["request"])} == {
        f"/rendez-vous/{meeting.pk}/",
        f"/en/rendez-vous/{meeting.pk}/",
    }
