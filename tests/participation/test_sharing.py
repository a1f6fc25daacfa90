"""A page that everyone reads can be sent on: plain links, a QR code, and a picture of what it says now."""

import re
from collections.abc import Callable
from html import unescape
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import qrcode
from django.core.cache import caches
from django.test import Client
from django.utils import timezone
from django_tenants.utils import schema_context
from PIL import Image
from qrcode.image.svg import SvgPathFillImage

from accounts.erasure import erase
from common import share_pictures
from common.share_pictures import ShareCard, drawn
from consultations.framing.models import Challenge, Consultation
from consultations.participation.counts import recount
from consultations.participation.enums import Status
from consultations.participation.models import Proposal
from consultations.participation.resident.begun import proposal_published
from consultations.participation.services.proposals import submit_proposal
from consultations.participation.services.visibility import hide, hold_back, restore
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.participation.factories import ArgumentFactory, DraftFactory, ProposalFactory

TITLE = "Un frigo partagé devant la halle"


@pytest.fixture
def proposal(in_saran: Municipality) -> Proposal:
    made: Proposal = ProposalFactory(title=TITLE, author=UserFactory())
    recount()
    return made


@pytest.fixture
def visitor(in_saran: Municipality, visit: Callable[..., Client]) -> Client:
    return visit(in_saran, stays=True)


def said(client: Client, path: str) -> dict[str, str]:
    """What a page says of itself elsewhere."""
    page = client.get(path).content.decode()
    found = re.findall(r'<meta (?:property|name)="((?:og|twitter):[\w:]+)" content="([^"]*)">', page)
    assert len(found) == len(dict(found))
    return {name: unescape(words) for name, words in found}


def picture(client: Client, path: str) -> str:
    return urlsplit(said(client, path)["og:image"]).path


def kept(*proposals: Proposal) -> int:
    """Of how many there is a picture."""
    return sum(caches["default"].get(f"share-picture|{each.short_address}") is not None for each in proposals)


def changed(city: Municipality, **values: Any) -> None:
    with schema_context("public"):
        Municipality.objects.filter(pk=city.pk).update(**values)


def test_a_proposal_a_challenge_and_the_home_say_what_they_look_like_elsewhere(
    visitor: Client, in_saran: Municipality, proposal: Proposal
) -> None:
    question = Consultation.objects.get(is_current=True).question
    challenge = proposal.challenge
    for path, title in (
        (proposal.get_absolute_url(), TITLE),
        (challenge.get_absolute_url(), challenge.question),
        ("/", question),
    ):
        tags = said(visitor, path)
        site = in_saran.url.rstrip("/")
        assert (tags["og:title"], tags["og:url"], tags["og:site_name"]) == (title, site + path, in_saran.name)
        assert tags["twitter:title"] == title
        assert tags["og:description"] == tags["twitter:description"] != ""
        assert tags["twitter:card"] == "summary_large_image"
        assert tags["og:image"] == tags["twitter:image"]
        assert tags["og:image"].startswith(site + "/")
        assert title in tags["og:image:alt"] == tags["twitter:image:alt"]
        assert not re.search(r"[.?!…]\s*\.", tags["og:image:alt"])
        answer = visitor.get(urlsplit(tags["og:image"]).path)
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, tags["og:image:type"])
        assert answer.headers["Cache-Control"] == "private, max-age=31536000, immutable"
        size = Image.open(BytesIO(answer.content)).size
        assert size == (int(tags["og:image:width"]), int(tags["og:image:height"])) == (1200, 630)


def test_everything_works_as_plain_links(visitor: Client, in_saran: Municipality, proposal: Proposal) -> None:
    page = visitor.get(proposal.get_absolute_url()).content.decode()
    address = in_saran.url.rstrip("/") + proposal.get_absolute_url()
    assert f'value="{address}" readonly' in page
    whatsapp, mail = (
        unescape(re.search(rf'href="({start}[^"]+)"', page)[1]) for start in ("https://wa.me/", "mailto:")
    )  # type: ignore[index]
    assert parse_qs(urlsplit(whatsapp).query)["text"] == [f"{TITLE}\n{address}"]
    assert "+" not in mail  # a mail programme would show it
    assert parse_qs(urlsplit(mail).query) == {"subject": [TITLE], "body": [f"{TITLE}\n\n{address}"]}
    assert not re.search(r'<(?:script|img|iframe)[^>]+src="(?:https?:)?//', page)


def test_a_code_opens_the_address_that_lasts(visitor: Client, in_saran: Municipality, proposal: Proposal) -> None:
    shown = re.search(r'<img src="([^"]+code-qr.svg)"', visitor.get(proposal.get_absolute_url()).content.decode())
    assert shown
    answer = visitor.get(shown[1])
    assert answer.headers["Content-Type"] == "image/svg+xml"
    opens = f"{in_saran.url}propositions/{proposal.pk}/"
    right = qrcode.make(opens, image_factory=SvgPathFillImage, error_correction=qrcode.ERROR_CORRECT_M).to_string()
    assert re.findall(rb' d="([^"]+)"', answer.content) == re.findall(rb' d="([^"]+)"', right)
    Proposal.objects.update(title="Un autre titre, plus court")
    assert visitor.get(f"/propositions/{proposal.pk}/", follow=True).status_code == 200


def test_an_argument_is_shared_with_the_picture_of_its_proposal_and_a_hidden_one_is_not(
    visitor: Client, in_saran: Municipality, proposal: Proposal
) -> None:
    argument = ArgumentFactory(proposal=proposal, stance="AGAINST", text="Qui le videra en août ?")
    recount()
    path = argument.get_absolute_url()
    tags, page = said(visitor, path), visitor.get(path).content.decode()
    assert tags["og:title"] == f"Un argument contre\N{NO-BREAK SPACE}: {TITLE}"
    assert (tags["og:url"], tags["og:description"]) == (in_saran.url.rstrip("/") + path, argument.text)
    assert urlsplit(tags["og:image"]).path == picture(visitor, proposal.get_absolute_url())
    assert f'src="{path}code-qr.svg"' in page
    mail = unescape(re.search(r'href="(mailto:[^"]+)"', page)[1])  # type: ignore[index]
    assert tags["og:url"] in parse_qs(urlsplit(mail).query)["body"][0]
    assert visitor.get(f"{path}code-qr.svg").headers["Content-Type"] == "image/svg+xml"
    for away in (argument, proposal):
        assert hide(away, actor=None)
        assert visitor.get(f"{path}code-qr.svg").status_code == 404
        shown = visitor.get(path).content.decode()
        assert "og:" not in shown
        assert 'id="partager"' not in shown
        restore(away, actor=None)


def test_other_words_and_other_looks_make_another_picture_and_former_addresses_lead_there(
    visitor: Client, in_saran: Municipality, proposal: Proposal
) -> None:
    path = proposal.get_absolute_url()
    addresses, contents = [picture(visitor, path)], [visitor.get(picture(visitor, path)).content]

    def looks_new() -> None:
        addresses.append(picture(visitor, Proposal.objects.get().get_absolute_url()))
        contents.append(visitor.get(addresses[-1]).content)

    Proposal.objects.update(title="Trois frigos partagés")
    looks_new()
    changed(in_saran, colour="#1f4e8c")
    looks_new()
    changed(in_saran, name="Saran-la-Neuve")
    looks_new()
    assert len(set(addresses)) == len(set(contents)) == 4
    assert kept(proposal) == 1
    former = visitor.get(addresses[0])
    assert (former.status_code, former.headers["Location"]) == (302, addresses[-1])
    assert former.headers["Cache-Control"] == "no-store"


def test_a_picture_is_made_once(visitor: Client, proposal: Proposal, monkeypatch: pytest.MonkeyPatch) -> None:
    address, made = picture(visitor, proposal.get_absolute_url()), []
    monkeypatch.setattr(share_pictures, "drawn", lambda card, logo: made.append(card) or b"PNG")
    assert [visitor.get(address).content for _unused in range(3)] == [b"PNG"] * 3
    assert len(made) == 1


def test_who_asks_while_it_is_made_waits_for_it(
    visitor: Client, proposal: Proposal, monkeypatch: pytest.MonkeyPatch
) -> None:
    address, made = picture(visitor, proposal.get_absolute_url()), []
    place = proposal.short_address

    def another_is_ready(seconds: float) -> None:
        caches["default"].set(f"share-picture|{place}", {"digest": address[-24:-4], "png": "UE5H"})

    caches["default"].set(f"share-picture|{place}|making", "…")
    monkeypatch.setattr(share_pictures, "drawn", lambda card, logo: made.append(card) or b"mine")
    monkeypatch.setattr(share_pictures.time, "sleep", another_is_ready)
    assert (visitor.get(address).content, made) == (b"PNG", [])


@pytest.mark.parametrize("away", [hide, hold_back])
def test_the_picture_goes_with_the_words(
    visitor: Client, proposal: Proposal, django_capture_on_commit_callbacks: Any, away: Callable[..., bool]
) -> None:
    address = picture(visitor, proposal.get_absolute_url())
    assert visitor.get(address).status_code == 200
    assert kept(proposal)
    with django_capture_on_commit_callbacks(execute=True):
        assert away(proposal, actor=None)
    assert not kept(proposal)
    for path in (address, f"/propositions/{proposal.pk}/code-qr.svg"):
        assert visitor.get(path).status_code == 404
    page = visitor.get(proposal.get_absolute_url()).content.decode()
    assert "og:" not in page
    assert 'id="partager"' not in page
    if away is hide:
        restore(proposal, actor=None)
        assert visitor.get(address).status_code == 200


def test_the_picture_goes_with_whoever_takes_their_texts_away(
    visitor: Client, proposal: Proposal, django_capture_on_commit_callbacks: Any
) -> None:
    address = picture(visitor, proposal.get_absolute_url())
    visitor.get(address)
    with django_capture_on_commit_callbacks(execute=True):
        erase(user_id=proposal.author_id, with_texts=True)
    assert not kept(proposal)
    assert visitor.get(address).status_code == 404


def test_words_that_wait_are_in_no_picture(visitor: Client, in_saran: Municipality) -> None:
    held = ProposalFactory(title=TITLE, status=Status.HELD, publish_by=timezone.now(), author=UserFactory())
    refused = ProposalFactory(title=TITLE, status=Status.HIDDEN, status_before=Status.HELD)
    for each in (held, refused):
        assert visitor.get(f"/propositions/{each.pk}/apercu-{'0' * 20}.png").status_code == 404
    assert not kept(held, refused)


def test_a_challenge_that_is_not_public_has_no_picture(visitor: Client, proposal: Proposal) -> None:
    challenge = proposal.challenge
    address = picture(visitor, challenge.get_absolute_url())
    Challenge.objects.filter(pk=challenge.pk).update(published_at=None, validated_at=None)
    for path in (address, f"{challenge.get_absolute_url()}code-qr.svg"):
        assert visitor.get(path).status_code == 404


@pytest.mark.parametrize("state", [{"verified_at": None}, {"opened_at": None}, {"state": "SUSPENDED"}])
def test_a_city_that_not_everyone_may_read_has_no_picture_of_anything(
    visit: Callable[..., Client], in_saran: Municipality, proposal: Proposal, state: dict[str, Any]
) -> None:
    changed(in_saran, **state)
    team = visit(in_saran, UserFactory(administrator=True), stays=True)
    for path in ("/", proposal.challenge.get_absolute_url(), proposal.get_absolute_url()):
        page = team.get(path).content.decode()
        assert "og:" not in page
        assert 'id="partager"' not in page
    for client in (team, visit(in_saran, stays=True)):
        for place in (proposal.short_address, proposal.challenge.get_absolute_url(), "/consultations/le-jour-d-apres/"):
            for file in (f"apercu-{'0' * 20}.png", "code-qr.svg"):
                assert client.get(place + file).status_code in (404, 503)
    assert not kept(proposal)


def test_the_author_of_a_new_proposal_is_told_to_share_it_with_the_button(
    visit: Callable[..., Client], in_saran: Municipality
) -> None:
    author = UserFactory()
    draft = DraftFactory(author=author)
    client = visit(in_saran, author, stays=True)
    page = client.post(f"/brouillons/{draft.pk}/", follow=True).content.decode()
    message = page.partition('id="messages"')[2].partition("</div>")[0]
    assert "Faites-la connaître autour de vous" in message
    address = Proposal.objects.get().get_absolute_url()
    assert f'<a href="{address}#partager" data-share>Partager ma proposition</a>' in message
    assert 'id="partager"' in page


def test_who_writes_where_proposals_are_read_first_is_not_told_to_share(in_saran: Municipality) -> None:
    Consultation.objects.update(moderation="BEFORE")
    author = UserFactory()
    proposal = submit_proposal(draft=DraftFactory(author=author), author=author, at=timezone.now())
    assert "partager" not in proposal_published(proposal)


CARD = ShareCard(
    title=TITLE,
    kicker="Proposition",
    colour="#2f7d4f",
    city="Saran",
    host="saran.example",
    city_colour="#f2a71b",
)


def ink(png: bytes, box: tuple[int, int, int, int]) -> int:
    """How many dark points a part of a picture has."""
    return sum(Image.open(BytesIO(png)).convert("L").crop(box).histogram()[:80])


@pytest.mark.parametrize(
    "title",
    ["x" * 300, "Mot " * 75, 'Des vélos #1 [ici] $x$ \\ *gras* "q" 😀 ελληνικά', "Un\x0btitre\u202e à l’envers"],
)
def test_whatever_the_title_it_stays_in_its_place(title: str) -> None:
    png = drawn(ShareCard(**{**CARD.__dict__, "title": title}))
    assert Image.open(BytesIO(png)).size == (1200, 630)
    assert ink(png, (72, 120, 1128, 480)) > 1000
    assert not ink(png, (1140, 30, 1200, 630))  # nothing runs out to the right
    assert not ink(png, (0, 495, 1200, 515))  # nor down into the name of the city


@pytest.mark.parametrize("title", ["城市的树木", "أشجار في الساحات", "🌳🌳🌳", "\u200b"])
def test_of_a_title_that_no_font_has_the_place_is_named(title: str) -> None:
    named = drawn(ShareCard(**{**CARD.__dict__, "title": CARD.kicker, "kicker": ""}))
    assert drawn(ShareCard(**{**CARD.__dict__, "title": title})) == named


def test_an_emoji_leaves_no_hole() -> None:
    first, second = (
        drawn(ShareCard(**{**CARD.__dict__, "title": title}))
        for title in ("Des arbres 🌳️ partout 1\ufe0f\u20e3", "Des arbres partout 1")
    )
    assert first == second


def test_a_logo_stands_in_the_picture_of_its_city(in_saran: Municipality) -> None:
    logo = BytesIO()
    Image.new("RGBA", (400, 100), "#ff0000").save(logo, "PNG")
    shown = Image.open(BytesIO(drawn(CARD, logo=logo.getvalue()))).convert("RGB")
    assert (255, 0, 0) in {shown.getpixel((x, 545)) for x in range(72, 280)}
