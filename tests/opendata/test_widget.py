"""A consultation on the city's own site: the only pages that may stand in a frame, and they know nobody."""

from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client

from consultations.framing.models import Challenge, Consultation
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.opendata.factories import the_consultation
from tests.participation.factories import ProposalFactory

pytestmark = pytest.mark.usefixtures("in_saran")
Visit = Callable[..., Client]


def paths() -> list[str]:
    challenge = Challenge.objects.filter(consultation=the_consultation()).order_by("position")[0]
    return [f"/widget/consultations/{the_consultation().slug}/", f"/widget/defis/{challenge.slug}/"]


def test_another_site_may_frame_it_made_anew_or_kept(visit: Visit, saran: Municipality) -> None:
    for path in paths():
        for expected in ("miss", "hit", "hit"):
            page = visit(saran, stays=True).get(path)
            assert page.headers["X-Cache"] == expected
            assert "X-Frame-Options" not in page.headers
            assert "frame-ancestors *" in page.headers["Content-Security-Policy"]
            assert "form-action 'none'" in page.headers["Content-Security-Policy"]
            assert "script-src" not in page.headers["Content-Security-Policy"]


def test_no_other_page_may_be_framed(visit: Visit, saran: Municipality) -> None:
    slug = the_consultation().slug
    ProposalFactory()
    others = ["/", "/propositions/", "/defis/ecologie/", "/opendata/", f"/opendata/{slug}/", "/connexion/", "/rien/"]
    others += [f"/consultations/{slug}/propositions.atom", "/widget/consultations/rien/"]
    for path in others:
        for _made, _kept in ((1, 2), (1, 2)):
            page = visit(saran, stays=True).get(path)
            assert page.headers["X-Frame-Options"] == "DENY", path
            assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"], path


def test_it_says_the_same_to_everyone_and_keeps_nothing(visit: Visit, saran: Municipality) -> None:
    someone = visit(saran, UserFactory(public_name="Camille Baudry"), stays=True)
    for path in paths():
        pages = [visit(saran, stays=True).get(path), someone.get(path)]
        assert pages[0].content == pages[1].content
        assert not pages[0].cookies
        assert settings.SESSION_COOKIE_NAME not in pages[1].cookies
        page = pages[0].content.decode()
        assert not any(tag in page for tag in ("<script", "<form", "<input", "<button", "csrf", "<iframe", "hx-"))
        links = page.split("<a ")[1:]
        assert len(links) >= 1
        assert all('target="_blank" rel="noopener"' in each.partition(">")[0] for each in links)
        assert all(f'href="{saran.url}' in each.partition(">")[0] for each in links)


def test_it_counts_what_everybody_reads(visit: Visit, saran: Municipality) -> None:
    Consultation.objects.filter(pk=the_consultation().pk).update(proposal_count=1234)
    page = visit(saran, stays=True).get(paths()[0]).content.decode()
    assert "1\u202f234" in page
    assert the_consultation().question in page.replace("&#x27;", "'")


def test_there_is_none_of_what_is_being_prepared(visit: Visit, saran: Municipality) -> None:
    before = paths()
    Consultation.objects.update(opened_at=None)
    for path in before:
        assert visit(saran, stays=True).get(path).status_code == 404


def test_the_desk_has_the_code_to_copy(visit: Visit, saran: Municipality) -> None:
    slug = the_consultation().slug
    staff = UserFactory(role="FACILITATOR")
    page = visit(saran, staff, stays=True).get(f"/gestion/consultations/{slug}/sur-votre-site/").content.decode()
    assert f"&lt;iframe src=&quot;{saran.url}widget/consultations/{slug}/&quot;" in page
    assert f"{saran.url}widget/defis/ecologie/" in page
    assert f"{saran.url}consultations/{slug}/propositions.atom" in page
