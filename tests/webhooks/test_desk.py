"""What administrators do with webhooks, on the pages of their desk."""

import html
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.models import AuditEntry
from common.templatetags.ui import deadline
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.support.pages import says
from tests.webhooks.factories import DeliveryFactory, EndpointFactory
from webhooks.addresses import NoSuchPort, NoTarget
from webhooks.enums import DeliveryState, EndpointState
from webhooks.models import Delivery, Endpoint
from webhooks.services import endpoints
from webhooks.services.refusals import EndpointTaken, NothingToTell, NotSending, TooManyEndpoints
from webhooks.services.retention import messages_over
from webhooks.services.sending import _next

TYPED = {
    "name": "Site de la ville",
    "url": "https://www.saran.fr/crochets",
    "kinds": ["proposal.published", "vote.opened"],
    "revision": 0,
}
PAGE = "/gestion/webhooks/"


@pytest.fixture
def desk(visit: Callable[..., Client], in_saran: Municipality) -> Client:
    return visit(in_saran, UserFactory(administrator=True), stays=True)


def actions() -> list[str]:
    return list(AuditEntry.objects.filter(action__startswith="webhook").order_by("pk").values_list("action", flat=True))


def test_one_is_added_and_its_secret_is_shown_once(desk: Client) -> None:
    answer = desk.post(f"{PAGE}nouveau/", TYPED)
    made = Endpoint.objects.get()
    assert answer.headers["Location"] == f"{PAGE}{made.pk}/"
    assert (made.name, made.url, made.kinds, made.state) == (*list(TYPED.values())[:3], EndpointState.ACTIVE)
    assert made.secret in html.unescape(desk.get(f"{PAGE}{made.pk}/").content.decode())
    for address in (f"{PAGE}{made.pk}/", f"{PAGE}{made.pk}/modifier/", PAGE):
        assert made.secret not in html.unescape(desk.get(address).content.decode())
    assert actions() == ["webhook_added"]


def test_a_second_press_makes_no_second_one(desk: Client) -> None:
    first, second = (desk.post(f"{PAGE}nouveau/", TYPED).headers["Location"] for _press in range(2))
    assert first == second
    assert Endpoint.objects.count() == 1
    assert Endpoint.objects.get().secret in html.unescape(desk.get(first).content.decode())


def refused(desk: Client, **typed: Any) -> str:
    answer = desk.post(f"{PAGE}nouveau/", TYPED | typed)
    assert answer.status_code == 422
    assert not Endpoint.objects.filter(name=TYPED["name"]).exists()
    page = html.unescape(answer.content.decode())
    for name in ("name", "url"):
        assert str((TYPED | typed)[name]) in page, "nothing typed is lost"
    return page


@pytest.mark.parametrize(
    ("url", "refusal"),
    [
        ("http://www.saran.fr/", NoTarget),
        ("https://127.0.0.1/", NoTarget),
        ("https://moi:secret@saran.fr/", NoTarget),
        ("https://saran.fr:22/", NoSuchPort),
    ],
)
def test_an_address_that_is_none_is_refused_beside_its_field(desk: Client, url: str, refusal: Any) -> None:
    assert says(refused(desk, url=url), refusal)


def test_other_bad_input_is_refused(desk: Client) -> None:
    EndpointFactory(url=TYPED["url"])
    assert says(refused(desk), EndpointTaken)
    refused(desk, kinds=["no.such_kind"])
    refused(desk, name="x")
    answer = desk.post(f"{PAGE}nouveau/", {**TYPED, "kinds": []})
    assert answer.status_code == 422
    EndpointFactory.create_batch(endpoints.MOST - 1)
    assert says(refused(desk, url="https://autre.saran.fr/"), TooManyEndpoints)
    assert f"{PAGE}nouveau/" not in desk.get(PAGE).content.decode()


def test_it_is_changed_and_two_editors_see_each_other(desk: Client) -> None:
    made = EndpointFactory(failures=3, rests_until=timezone.now() + timedelta(hours=1), failing_since=timezone.now())
    address = f"{PAGE}{made.pk}/modifier/"
    assert desk.post(address, TYPED).status_code == 302
    made.refresh_from_db()
    assert (made.name, made.url, made.failures, made.rests_until) == (TYPED["name"], TYPED["url"], 0, None)
    answer = desk.post(address, TYPED | {"name": "Un autre nom"})
    assert answer.status_code == 409
    assert TYPED["name"] in answer.content.decode()
    again = answer.context["form"]["revision"].value()
    assert desk.post(address, TYPED | {"name": "Un autre nom", "revision": again}).status_code == 302
    made.refresh_from_db()
    assert made.name == "Un autre nom"
    assert actions() == ["webhook_changed", "webhook_changed"]


def test_it_is_paused_and_goes_on(desk: Client) -> None:
    made = EndpointFactory()
    waiting = DeliveryFactory(endpoint=made)
    for _press in range(2):
        desk.post(f"{PAGE}{made.pk}/pause/")
    made.refresh_from_db()
    assert made.state == EndpointState.PAUSED
    assert says(desk.post(f"{PAGE}{made.pk}/essai/"), NotSending)
    for _press in range(2):
        desk.post(f"{PAGE}{made.pk}/reprendre/")
    made.refresh_from_db()
    waiting.refresh_from_db()
    assert (made.state, waiting.state) == (EndpointState.ACTIVE, DeliveryState.WAITING)
    assert actions() == ["webhook_paused", "webhook_resumed"]


def test_its_secret_is_renewed_and_shown_once(desk: Client) -> None:
    made = EndpointFactory()
    for _press in range(2):
        desk.post(f"{PAGE}{made.pk}/secret/", {"revision": made.revision})
    now = Endpoint.objects.get()
    assert now.secret != made.secret == now.old_secret
    assert now.secret in html.unescape(desk.get(f"{PAGE}{made.pk}/").content.decode())
    assert now.secret not in html.unescape(desk.get(f"{PAGE}{made.pk}/").content.decode())
    for bad in ("", "²", "-1", "9" * 50, "x"):
        desk.post(f"{PAGE}{made.pk}/secret/", {"revision": bad})
    assert Endpoint.objects.get().secret == now.secret
    assert actions() == ["webhook_secret_renewed"]


def test_a_trial_is_sent_once_a_press(desk: Client) -> None:
    made = EndpointFactory(kinds=["vote.opened"])
    first = desk.post(f"{PAGE}{made.pk}/essai/").headers["Location"]
    assert desk.post(f"{PAGE}{made.pk}/essai/").headers["Location"] == first
    (sent,) = Delivery.objects.all()
    assert sent.kind == "webhook.test"
    page = desk.get(first).content.decode()
    assert sent.message_id in page
    assert "hx-get" in page
    part = desk.get(first, HTTP_HX_REQUEST="true").content.decode()
    assert "<html" not in part
    assert actions() == ["webhook_tried"]


def test_by_hand_is_now_though_the_site_rests(desk: Client) -> None:
    """Before what waits: a site that fails once more would rest again before it comes to what was asked for."""
    now = timezone.now()
    due = {"due_at": now - timedelta(minutes=1), "outcome": "UNREACHABLE"}
    made = DeliveryFactory(log=[], tries=1, **due)
    waiting = [made, DeliveryFactory(endpoint=made.endpoint), DeliveryFactory(endpoint=made.endpoint)]
    for each in waiting[:2]:
        Endpoint.objects.update(rests_until=now + timedelta(minutes=30), failures=3, failing_since=now)
        address = f"{PAGE}{made.endpoint_id}/envois/{each.pk}/"
        assert "Essayer maintenant" in (page := desk.get(address).content.decode())
        assert "hx-get" not in page
        assert "à partir d" in page
        desk.post(f"{address}renvoyer/")
        assert (found := _next(timezone.now())) is not None
        assert found.delivery == each
        assert "hx-get" in desk.get(address).content.decode()
    Endpoint.objects.update(rests_until=now + timedelta(minutes=30))
    listed = desk.get(f"{PAGE}{made.endpoint_id}/").content.decode()
    assert listed.count(deadline(now + timedelta(minutes=30))) == 3
    trial = desk.post(f"{PAGE}{made.endpoint_id}/essai/").headers["Location"]
    assert (found := _next(timezone.now())) is not None
    assert str(found.delivery.pk) in trial


def test_what_was_answered_is_shown_as_text(desk: Client) -> None:
    log = [
        {
            "at": timezone.now().isoformat(),
            "outcome": "REFUSED",
            "status": 500,
            "ms": 1234,
            "answer": "<script>alert(1)</script>",
        }
    ]
    sent = DeliveryFactory(log=log, tries=1, outcome="REFUSED", status=500, milliseconds=1234, tried_at=timezone.now())
    page = desk.get(f"{PAGE}{sent.endpoint_id}/envois/{sent.pk}/").content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert" not in page
    assert "500" in desk.get(f"{PAGE}{sent.endpoint_id}/").content.decode()


def failed(**kwargs: Any) -> Delivery:
    made: Delivery = DeliveryFactory(state=DeliveryState.FAILED, due_at=None, tries=10, **kwargs)
    return made


def test_one_is_sent_again_with_its_number(desk: Client) -> None:
    made = failed()
    Endpoint.objects.update(rests_until=timezone.now() + timedelta(hours=1))
    for _press in range(2):
        answer = desk.post(f"{PAGE}{made.endpoint_id}/envois/{made.pk}/renvoyer/")
        assert answer.status_code == 302
    again = Delivery.objects.select_related("endpoint").get()
    assert (again.pk, again.state, again.tries) == (made.pk, DeliveryState.WAITING, 0)
    assert again.endpoint.rests_until is None
    assert actions() == ["webhook_sent_again"]


def test_all_that_failed_since_a_day_are(desk: Client) -> None:
    at = timezone.now()
    made = failed(created_at=at)
    failed(endpoint=made.endpoint, created_at=at)
    old = failed(endpoint=made.endpoint, created_at=at - timedelta(days=5))
    elsewhere = failed()
    address = f"{PAGE}{made.endpoint_id}/renvoyer/"
    assert desk.post(address, {"since": "hier"}).status_code == 422
    assert desk.post(address, {"since": timezone.localdate(at).isoformat()}).status_code == 302
    waiting = Delivery.objects.filter(state=DeliveryState.WAITING).values_list("endpoint", flat=True)
    assert list(waiting) == [made.endpoint_id] * 2
    assert set(Delivery.objects.filter(state=DeliveryState.FAILED)) == {old, elsewhere}
    assert AuditEntry.objects.get(action="webhook_sent_again").details == {"messages": 2}


def test_it_is_deleted_with_its_log(desk: Client) -> None:
    made = DeliveryFactory()
    assert desk.post(f"{PAGE}{made.endpoint_id}/supprimer/").headers["Location"] == PAGE
    assert desk.post(f"{PAGE}{made.endpoint_id}/supprimer/").status_code == 404
    assert not Endpoint.objects.exists()
    assert not Delivery.objects.exists()
    assert actions() == ["webhook_deleted"]


def test_those_of_another_city_are_not_there(visit: Any, desk: Client, brest: Municipality) -> None:
    made = DeliveryFactory()
    with schema_context(brest.schema_name):
        there = visit(brest, UserFactory(administrator=True), stays=True)
    pages = [f"{PAGE}{made.endpoint_id}/", f"{PAGE}{made.endpoint_id}/envois/{made.pk}/"]
    assert [there.get(page).status_code for page in pages] == [404, 404]
    posts = ("pause/", "reprendre/", "secret/", "supprimer/", "essai/", "renvoyer/", f"envois/{made.pk}/renvoyer/")
    assert {there.post(f"{pages[0]}{each}").status_code for each in posts} == {404}
    assert Endpoint.objects.get().state == EndpointState.ACTIVE


def test_nothing_to_tell_is_refused_whoever_asks(in_saran: Municipality) -> None:
    given = {"name": "Site", "url": "https://saran.fr/", "actor": UserFactory(administrator=True), "at": timezone.now()}
    for kinds in ([], ["no.such_kind"]):
        with pytest.raises(NothingToTell):
            endpoints.add_endpoint(kinds=kinds, **given)
    assert not Endpoint.objects.exists()


def test_a_message_of_another_webhook_is_not_there(desk: Client) -> None:
    made, other = DeliveryFactory(), EndpointFactory()
    assert desk.get(f"{PAGE}{other.pk}/envois/{made.pk}/").status_code == 404


def test_the_log_is_paged_and_narrowed_at_constant_queries(desk: Client) -> None:
    made = EndpointFactory()
    DeliveryFactory.create_batch(2, endpoint=made)
    failed(endpoint=made)
    page = f"{PAGE}{made.pk}/"
    desk.get(page)
    with CaptureQueriesContext(connection) as few:
        desk.get(page)
    DeliveryFactory.create_batch(60, endpoint=made)
    with CaptureQueriesContext(connection) as many:
        answer = desk.get(page)
    assert len(many) == len(few)
    assert len(answer.context["page"].object_list) == 50
    assert len(desk.get(f"{page}?etat=FAILED").context["page"].object_list) == 1
    assert len(desk.get(f"{page}?etat=%00&page=x").context["page"].object_list) == 50


def test_the_log_is_forgotten_after_a_month(in_saran: Municipality) -> None:
    at = timezone.now()
    old = DeliveryFactory(created_at=at - timedelta(days=31))
    DeliveryFactory(created_at=at - timedelta(days=29))
    assert list(messages_over(at=at)) == [old]
