"""The optional part of a proposal: its neighbourhood and one picture, seen by whoever may see the proposal."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from django_tenants.utils import schema_context
from PIL import Image

from common.pictures import MAX_PHOTO_BYTES
from common.retention import forget_what_is_over
from consultations.participation.enums import Status
from consultations.participation.models import Draft, Picture, Proposal
from consultations.participation.selectors.drafts import room_for_visitors
from consultations.participation.services.proposals import submit_proposal
from consultations.participation.services.refusals import PictureUndescribed
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.participation.factories import DraftFactory, ProposalFactory
from tests.support.pages import says

ALT = "La cour de l’école, sans ombre, à midi."


def photo(colour: str = "red", size: tuple[int, int] = (400, 300)) -> SimpleUploadedFile:
    file = BytesIO()
    Image.new("RGB", size, colour).save(file, "PNG")
    return SimpleUploadedFile("photo.png", file.getvalue(), content_type="image/png")


@pytest.fixture
def writing(visit: Callable[..., Client], saran: Municipality, person: Any) -> tuple[Client, str]:
    """Somebody who has reached the read-through, and its address."""
    author = person()
    with schema_context(saran.schema_name):
        draft = DraftFactory(author=author)
    return visit(saran, author, stays=True), f"/brouillons/{draft.pk}/"


def _left(size: int, **kwargs: Any) -> Draft:
    picture = Picture.objects.create(content=bytes(size), digest="d", width=1, height=1)
    draft: Draft = DraftFactory(picture=picture, picture_alt=ALT, **kwargs)
    return draft


def _visitor_writes(client: Client, draft: Draft) -> str:
    session = client.session
    session["draft_keys"] = [str(draft.pk)]
    session.save()
    return f"/brouillons/{draft.pk}/"


def test_pictures_of_visitors_have_a_room_of_their_own(
    writing: tuple[Client, str],
    visit: Callable[..., Client],
    saran: Municipality,
    in_saran: Municipality,
    settings: Any,
) -> None:
    """A twentieth of the city's: whoever has no account fills no more, and only for others like them."""
    settings.CITY_STORAGE_MB = 20
    visitor, sent = visit(saran, stays=True), {"details": "1", "picture_alt": ALT}
    review = _visitor_writes(visitor, DraftFactory())
    _left(600_000)
    for kwargs in ({"author": UserFactory()}, {"proposal": ProposalFactory()}):
        _left(600_000, **kwargs)  # not theirs
    assert room_for_visitors().amount == 600_000
    assert visitor.post(review, {**sent, "picture": photo()}).status_code == 302
    assert "pendant deux jours" in visitor.get(review).content.decode()
    cache.clear()
    _left(600_000)
    refused = visitor.post(review, {**sent, "picture": photo("blue"), "neighbourhood": "Le Bourg"})
    assert refused.status_code == 422
    assert "Connectez-vous, puis ajoutez la vôtre" in refused.content.decode()
    assert Draft.objects.get(pk=review.split("/")[2]).neighbourhood == "Le Bourg"
    client, own = writing
    assert client.post(own, {**sent, "picture": photo()}).status_code == 302
    assert "pendant deux jours" not in client.get(own).content.decode()


def test_pictures_of_visitors_go_after_two_days_and_their_words_stay(in_saran: Municipality) -> None:
    now = timezone.now()
    old, fresh, own = _left(10), _left(10), _left(10, author=UserFactory())
    sent = _left(10, proposal=ProposalFactory())
    for draft, hours in ((old, 49), (fresh, 47), (own, 49), (sent, 49)):
        Draft.objects.filter(pk=draft.pk).update(updated_at=now - timedelta(hours=hours))
    gone = forget_what_is_over(at=now, writes=True)
    assert (gone["pictures of visitors"], gone["pictures"]) == (1, 1)
    kept = dict(Draft.objects.values_list("pk", "picture_id"))
    assert kept == {old.pk: None, **{each.pk: each.picture_id for each in (fresh, own, sent)}}
    assert Draft.objects.get(pk=old.pk).picture_alt == ALT


def address_of(picture: Picture) -> str:
    return f"/images/{picture.digest}.jpg"


def test_a_picture_and_a_neighbourhood_are_published_with_the_proposal(
    writing: tuple[Client, str], visit: Callable[..., Client], saran: Municipality, in_saran: Municipality
) -> None:
    client, review = writing
    response = client.post(review, {"neighbourhood": "Le Bourg", "picture": photo(), "picture_alt": ALT})
    proposal = Proposal.objects.get()
    assert response.headers["Location"] == proposal.get_absolute_url()
    assert (proposal.neighbourhood, proposal.picture_alt) == ("Le Bourg", ALT)
    picture = Picture.objects.get()
    page = client.get(proposal.get_absolute_url()).content.decode()
    assert f'src="{address_of(picture)}" alt="{ALT}" width="400" height="300" loading="lazy"' in page
    assert "Le Bourg" in page

    visitor = visit(saran, stays=True)
    shown = visitor.get(address_of(picture))
    assert shown.headers["Content-Type"] == "image/jpeg"
    assert shown.headers["Cache-Control"] == "private, max-age=300"
    assert visitor.get(address_of(picture), headers={"If-None-Match": shown.headers["ETag"]}).status_code == 304
    assert Image.open(BytesIO(shown.content)).size == (400, 300)
    Proposal.objects.update(status=Status.HIDDEN)
    assert visitor.get(address_of(picture)).status_code == 404


def test_a_picture_without_its_description_is_kept_and_not_published(
    writing: tuple[Client, str], in_saran: Municipality
) -> None:
    client, review = writing
    response = client.post(review, {"neighbourhood": "Le Bourg", "picture": photo()})
    assert response.status_code == 422
    assert says(response, PictureUndescribed)
    draft = Draft.objects.get()
    assert (draft.neighbourhood, draft.picture) == ("Le Bourg", Picture.objects.get())
    with pytest.raises(PictureUndescribed):
        submit_proposal(draft=draft, author=draft.author, at=timezone.now())
    assert client.post(review, {"neighbourhood": "", "picture_alt": ALT}).status_code == 302
    assert Proposal.objects.get().picture_alt == ALT


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"%PDF-1.7", "PNG, un JPEG"), (b"\x89PNG" + b"\0" * (MAX_PHOTO_BYTES + 50_000), "8 Mo")],
)
def test_a_refused_upload_leaves_the_other_answers(
    writing: tuple[Client, str], in_saran: Municipality, content: bytes, says: str
) -> None:
    client, review = writing
    file = SimpleUploadedFile("photo.png", content, content_type="image/png")
    response = client.post(review, {"neighbourhood": "Le Bourg", "picture": file, "picture_alt": ALT})
    assert response.status_code == 422
    assert says in response.content.decode().replace("\u00a0", " ")
    draft = Draft.objects.get()
    assert (draft.neighbourhood, draft.picture_alt, draft.picture) == ("Le Bourg", ALT, None)


def test_a_draft_picture_is_its_writers_alone_replaced_and_removed(
    writing: tuple[Client, str], visit: Callable[..., Client], saran: Municipality, in_saran: Municipality
) -> None:
    client, review = writing
    client.post(review, {"details": "1", "picture": photo("red"), "picture_alt": ALT})
    red = Picture.objects.get()
    assert client.get(address_of(red)).headers["Cache-Control"] == "no-store"
    for other in (visit(saran, stays=True), visit(saran, UserFactory(), stays=True)):
        assert other.get(address_of(red)).status_code == 404
    client.post(review, {"details": "1", "picture": photo("blue"), "picture_alt": ALT})
    assert Picture.objects.get().digest != red.digest
    client.post(review, {"details": "1", "without_picture": "on", "picture_alt": ALT})
    assert not Picture.objects.exists()
    client.post(review, {"details": "1", "picture": photo(), "picture_alt": ALT})
    client.post(f"{review}supprimer/confirmer/")
    assert not Picture.objects.exists()
    assert not Draft.objects.exists()
