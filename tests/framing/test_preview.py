"""A link shows a consultation that is being prepared to whoever has it: that one, as residents will read it, and no more."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.enums import Role
from accounts.models import AuditEntry
from common.files import accept_file
from consultations.framing.models import Challenge, Consultation, PreviewLink
from consultations.framing.services.documents import add_file
from consultations.framing.services.opening import close_again
from consultations.framing.services.previews import (
    NothingToPreview,
    NotVerifiedYet,
    PreviewGone,
    PreviewThere,
    make_preview,
    previewed_consultation,
    withdraw_preview,
)
from tenants.enums import LifecycleState
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.framing.test_files import a_pdf, upload
from tests.participation.factories import ProposalFactory
from tests.support.pages import says
from tests.tenants.test_lifecycle import put

DESK = "/gestion/consultations/nos-rues/apercu/"


@pytest.fixture
def prepared(in_saran: Municipality) -> Consultation:
    """Beside the one that is open: with a validated challenge, and one that is not."""
    found = Consultation.objects.create(slug="nos-rues", title="Nos rues", question="Que faire de nos rues ?")
    now = timezone.now()
    found.phases.create(kind="PROPOSE", opens_at=now - timedelta(days=1), closes_at=now + timedelta(days=30))
    found.challenges.create(slug="velo", label="Vélo", question="Comment rouler ?", validated_at=now)
    found.challenges.create(slug="bancs", label="Bancs", question="Où s’asseoir ?", position=1)
    return found


@pytest.fixture
def team(in_saran: Municipality, visit: Callable[..., Client]) -> Client:
    return visit(in_saran, UserFactory(role=Role.FACILITATOR), stays=True)


def link_in(page: Any) -> str:
    found = re.search(r'data-url="http://[^/"]+(/apercu/[\w-]{43}/)"', page.content.decode())
    assert found
    return found[1]


def made(client: Client) -> str:
    return link_in(client.post(DESK, {"replaces": link.pk if (link := PreviewLink.objects.first()) else ""}))


def opened(client: Client, link: str) -> Any:
    return client.get(client.get(link).headers["Location"])


def test_whoever_has_the_link_reads_the_consultation_and_its_challenges(
    prepared: Consultation, team: Client, in_saran: Municipality, visit: Callable[..., Client]
) -> None:
    stranger = visit(in_saran, stays=True)
    page = opened(stranger, made(team))
    text = page.content.decode()
    assert (page.status_code, "Que faire de nos rues ?" in text, "Aperçu" in text) == (200, True, True)
    assert "Proposer des solutions" in text
    assert "Lecture seule" not in text
    assert text.index("Comment rouler ?") < text.index("Pas encore validés") < text.index("Où s’asseoir ?")
    where = re.findall(r'href="(/apercu/voir/[0-9a-f]{16}/defis/[\w-]+/)"', text)
    assert len(where) == 2
    for path, challenge in zip(where, ("Comment rouler ?", "Où s’asseoir ?"), strict=True):
        page = stranger.get(path)
        assert (page.status_code, challenge in page.content.decode()) == (200, True)
        assert ("pas encore validé ce défi" in page.content.decode()) is (challenge == "Où s’asseoir ?")


def test_its_pages_are_in_no_cache_and_no_index_and_nothing_can_be_written_there(
    prepared: Consultation, team: Client, in_saran: Municipality, visit: Callable[..., Client]
) -> None:
    stranger, link = visit(in_saran, stays=True), made(team)
    token = link.split("/")[2]
    first = stranger.get(link)
    assert token not in first.headers["Location"]
    clean = first.headers["Location"]
    for path in (clean, f"{clean}defis/velo/"):
        page = stranger.get(path)
        text = page.content.decode()
        assert "no-store" in page.headers["Cache-Control"]
        assert page.headers["X-Robots-Tag"] == "noindex, nofollow"
        assert "X-Cache" not in page.headers
        assert not re.search(r"<form|proposer/|reagir/|/connexion/", text), path
        assert token not in text
        assert stranger.post(path).status_code == 405


def test_it_opens_that_consultation_and_nothing_else(
    prepared: Consultation, team: Client, in_saran: Municipality, visit: Callable[..., Client]
) -> None:
    stranger = visit(in_saran, stays=True)
    clean = stranger.get(made(team)).headers["Location"]
    other = Consultation.objects.create(slug="autre", title="Autre", question="Et le reste ?")
    other.challenges.create(slug="reste", label="Reste", question="Quel reste ?")
    assert stranger.get(f"{clean}defis/velo/").status_code == 200
    assert stranger.get(f"{clean}defis/reste/").status_code == 404
    assert stranger.get(f"{clean}defis/ecologie/").status_code == 404  # of the open one
    assert stranger.get("/consultations/nos-rues/").status_code == 404
    assert stranger.get("/defis/velo/").status_code == 404
    assert visit(in_saran).get(clean).status_code == 410  # the address without the link


def test_in_a_city_that_has_not_opened_it_shows_the_home_and_the_rest_stays_closed(
    in_saran: Municipality, visit: Callable[..., Client]
) -> None:
    Consultation.objects.update(opened_at=None)
    Challenge.objects.update(published_at=None)
    with schema_context("public"):
        Municipality.objects.filter(pk=in_saran.pk).update(opened_at=None)
    ProposalFactory(title="Un essai de l’équipe")
    administrator = visit(in_saran, UserFactory(role=Role.ADMINISTRATOR), stays=True)
    link = link_in(administrator.post("/gestion/consultations/territoires-resilients/apercu/"))
    stranger = visit(in_saran, stays=True)
    page = opened(stranger, link)
    assert Consultation.objects.get().question in page.content.decode()
    assert "Un essai" not in page.content.decode()
    for path in ("/", "/propositions/", "/defis/ecologie/"):
        assert "prepared-title" in stranger.get(path).content.decode()
    for visitor in (visit(in_saran, stays=True), stranger):  # nor does a kept page let anybody in
        assert "prepared-title" in visitor.get("/").content.decode()


def test_it_counts_who_opened_it_once_a_day_each(
    prepared: Consultation, team: Client, in_saran: Municipality, visit: Callable[..., Client]
) -> None:
    link = made(team)
    first, second = visit(in_saran, stays=True), visit(in_saran, stays=True)
    first.get(link)  # a mail filter: nothing is shown
    assert PreviewLink.objects.get().opened_count == 0
    for client in (first, first, second):
        opened(client, link)
    assert PreviewLink.objects.get().opened_count == 2
    # Machines open links, too: how often is no figure to show.
    page = team.get(DESK).content.decode()
    assert "Dernière ouverture" in page
    assert "2 fois" not in page


@pytest.mark.parametrize("how", ["withdrawn", "replaced", "over", "read-only", "suspended", "given up"])
def test_it_is_gone_at_once(
    prepared: Consultation, team: Client, in_saran: Municipality, visit: Callable[..., Client], how: str
) -> None:
    stranger = visit(in_saran, stays=True)
    clean = stranger.get(made(team)).headers["Location"]
    assert stranger.get(clean).status_code == 200
    match how:
        case "withdrawn":
            team.post(f"{DESK}retirer/")
        case "replaced":
            made(team)
        case "over":
            PreviewLink.objects.update(expires_at=timezone.now())
        case "given up":
            prepared.delete()
        case _:
            put(in_saran, LifecycleState.READ_ONLY if how == "read-only" else LifecycleState.SUSPENDED)
    page = stranger.get(clean)
    assert page.status_code in ((410, 503) if how == "suspended" else (410,))
    assert "Que faire de nos rues" not in page.content.decode()


def test_a_colleagues_link_goes_on_until_somebody_knowingly_makes_another(
    prepared: Consultation, team: Client, in_saran: Municipality, visit: Callable[..., Client]
) -> None:
    """Both had the page before there was any link."""
    colleague = visit(in_saran, UserFactory(role=Role.ADMINISTRATOR, public_name="Sauge"), stays=True)
    link = link_in(colleague.post(DESK))
    second = team.post(DESK)
    text = second.content.decode().replace("\u00a0", " ")
    assert (second.status_code, PreviewLink.objects.count()) == (409, 1)
    assert says(second, PreviewThere)
    assert re.search(r"le \d.*, par Sauge", text)
    assert opened(visit(in_saran, stays=True), link).status_code == 200
    seen = {"replaces": PreviewLink.objects.get().pk}
    assert str(seen["replaces"]) == re.search(r'name="replaces" value="(\d+)"', text)[1]  # type: ignore[index]
    link_in(team.post(DESK, seen))
    assert opened(visit(in_saran, stays=True), link).status_code == 410
    assert colleague.post(DESK, seen).status_code == 409  # of the page of before


def test_it_is_good_for_two_weeks_and_hashed_where_it_is_kept(prepared: Consultation, in_saran: Municipality) -> None:
    at = timezone.now()
    token = make_preview(consultation=prepared, municipality=in_saran, actor=UserFactory(role=Role.FACILITATOR), at=at)
    link = PreviewLink.objects.get()
    assert (link.expires_at - at, token in link.token_hash) == (timedelta(days=14), False)
    ends = at + timedelta(days=14)
    assert previewed_consultation(token=token, municipality=in_saran, at=ends - timedelta(seconds=1)) == prepared
    with pytest.raises(PreviewGone):
        previewed_consultation(token=token, municipality=in_saran, at=ends)


def test_once_it_has_opened_the_link_leads_to_the_public_page_and_closed_again_it_is_gone(
    prepared: Consultation, team: Client, in_saran: Municipality, visit: Callable[..., Client]
) -> None:
    stranger = visit(in_saran, stays=True)
    clean = stranger.get(made(team)).headers["Location"]
    Consultation.objects.filter(pk=prepared.pk).update(opened_at=timezone.now())
    assert stranger.get(clean).headers["Location"] == "/consultations/nos-rues/"
    assert team.post(DESK).headers["Location"] == DESK
    with pytest.raises(NothingToPreview):
        make_preview(consultation=prepared, municipality=in_saran, actor=UserFactory(), at=timezone.now())
    close_again(consultation=prepared, municipality=in_saran, actor=None, at=timezone.now())
    assert stranger.get(clean).status_code == 410


def test_a_city_that_nobody_has_verified_shows_nothing_in_its_name(
    prepared: Consultation, in_saran: Municipality
) -> None:
    in_saran.verified_at = None
    with pytest.raises(NotVerifiedYet):
        make_preview(consultation=prepared, municipality=in_saran, actor=UserFactory(), at=timezone.now())
    assert not PreviewLink.objects.exists()


def test_the_trail_says_who_made_and_who_withdrew_it_once(prepared: Consultation, in_saran: Municipality) -> None:
    actor = UserFactory(role=Role.FACILITATOR)
    token = make_preview(consultation=prepared, municipality=in_saran, actor=actor, at=timezone.now())
    assert withdraw_preview(consultation=prepared, actor=actor)
    assert not withdraw_preview(consultation=prepared, actor=actor)
    entries = list(AuditEntry.objects.filter(action__startswith="preview_").order_by("pk"))
    assert [each.action for each in entries] == ["preview_made", "preview_withdrawn"]
    assert token not in str([each.details for each in entries])


@pytest.mark.parametrize("city_is_open", [True, False])
def test_its_files_are_read_through_the_link_and_no_others(
    prepared: Consultation, team: Client, in_saran: Municipality, visit: Callable[..., Client], city_is_open: bool
) -> None:
    if not city_is_open:
        with schema_context("public"):
            Municipality.objects.filter(pk=in_saran.pk).update(opened_at=None)
    given: dict[str, Any] = {"actor": None, "description": "", "is_accessible": False, "at": timezone.now()}
    content = a_pdf()
    own = add_file(consultation=prepared, title="Le plan", file=accept_file(upload(content)), **given)
    open_one = Consultation.objects.get(is_current=True)
    other = add_file(consultation=open_one, title="Autre", file=accept_file(upload(content)), **given)
    stranger, link = visit(in_saran, stays=True), made(team)
    clean = stranger.get(link).headers["Location"]
    path = f"{clean}documents/{own.pk}/"
    assert f'href="{path}"' in stranger.get(clean).content.decode()
    answer = stranger.get(path)
    assert b"".join(answer.streaming_content) == content
    assert "no-store" in answer.headers["Cache-Control"]
    assert stranger.get(f"{clean}documents/{other.pk}/").status_code == 404
    assert stranger.get(f"/documents/{own.pk}/").status_code == 404
    assert visit(in_saran, stays=True).get(path).status_code == 410
    withdraw_preview(consultation=prepared, actor=UserFactory(administrator=True))
    assert stranger.get(path).status_code == 410
