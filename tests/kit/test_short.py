"""The short addresses of printed things: they lead to the consultation and count, without a cookie and of nobody."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError
from django.test import Client
from django.utils import timezone

from consultations.framing.models import Consultation
from consultations.kit.enums import Support
from consultations.kit.models import ScanDay, Spot
from consultations.kit.resident import views
from consultations.kit.selectors.scans import opened
from consultations.kit.services.spots import remove_spot
from consultations.kit.tags import parsed, tag_of
from tenants.models import Municipality
from tests.accounts.factories import UserFactory

PHONE = {"HTTP_USER_AGENT": "Mozilla/5.0 (Android 14; Mobile; rv:131.0) Gecko/131.0 Firefox/131.0"}
Visit = Callable[..., Client]


@pytest.fixture
def consultation(in_saran: Municipality) -> Consultation:
    return Consultation.objects.get(is_current=True)


@pytest.fixture
def visitor(visit: Visit, in_saran: Municipality) -> Client:
    return visit(in_saran, stays=True)


def counted() -> list[tuple[str, int, int]]:
    return list(ScanDay.objects.order_by("support", "spot").values_list("support", "spot", "count"))


def test_a_scan_leads_to_the_consultation_and_counts_one_a_day(visitor: Client, consultation: Consultation) -> None:
    for path in (f"/v/a{consultation.pk}", f"/v/A{consultation.pk}/"):
        answer = visitor.get(path, **PHONE)
        assert (answer.status_code, answer.headers["Location"]) == (302, "/")
        assert answer.headers["Cache-Control"] == "no-store"
        assert not answer.cookies
    assert counted() == [("a", 0, 2)]
    assert ScanDay.objects.get().day == timezone.localdate()


def test_machines_and_those_who_only_look_are_not_counted(visitor: Client, consultation: Consultation) -> None:
    path = f"/v/a{consultation.pk}"
    said: list[dict[str, str]] = [
        {"HTTP_USER_AGENT": "Mozilla/5.0 (compatible; Googlebot/2.1)"},
        {"HTTP_USER_AGENT": ""},
        {"HTTP_USER_AGENT": "facebookexternalhit/1.1 (link preview)"},
        {**PHONE, "HTTP_SEC_PURPOSE": "prefetch;prerender"},
    ]
    for each in said:
        assert visitor.get(path, **each).status_code == 302
    assert visitor.head(path, **PHONE).status_code == 302
    assert visitor.post(path, **PHONE).status_code == 405
    assert counted() == []


@pytest.mark.parametrize("tag", ["a", "zz1", "a0", "a999999", "a1-", "12", "a" * 50])
def test_what_is_no_address_leads_home_and_counts_nothing(
    visitor: Client, consultation: Consultation, tag: str
) -> None:
    answer = visitor.get(f"/v/{tag}", **PHONE)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert counted() == []


def test_one_in_preparation_beside_others_is_not_given_away(visitor: Client, consultation: Consultation) -> None:
    other = Consultation.objects.create(slug="secrete", title="Secrète", question="Quoi ?")
    assert visitor.get(f"/v/a{other.pk}", **PHONE).headers["Location"] == "/"
    assert counted() == []


def test_a_place_counts_apart_and_once_taken_away_for_its_support(visitor: Client, consultation: Consultation) -> None:
    spot = Spot.objects.create(consultation=consultation, support=Support.POSTER, name="Marché")
    visitor.get("/v/" + tag_of(Support.POSTER, consultation.pk, spot.pk), **PHONE)
    visitor.get("/v/" + tag_of(Support.FLYER, consultation.pk, spot.pk), **PHONE)
    assert counted() == [("a", spot.pk, 1), ("d", 0, 1)], "a place of posters is no place of flyers"
    remove_spot(consultation=consultation, spot=spot.pk, by=UserFactory())
    visitor.get("/v/" + tag_of(Support.POSTER, consultation.pk, spot.pk), **PHONE)
    assert counted() == [("a", 0, 1), ("a", spot.pk, 1), ("d", 0, 1)]


def test_nobody_is_kept_from_where_they_wanted_by_the_counting(
    visitor: Client, consultation: Consultation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(**given: Any) -> None:
        raise DatabaseError

    monkeypatch.setattr(views, "count_scan", fails)
    assert visitor.get(f"/v/a{consultation.pk}", **PHONE).headers["Location"] == "/"


def test_one_network_does_not_count_all_day(
    visitor: Client, consultation: Consultation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views.KIT_SCANS, "rates", (type(views.KIT_SCANS.rates[0])(2, 3600, "network"),))
    for _time in range(4):
        assert visitor.get(f"/v/a{consultation.pk}", **PHONE).status_code == 302
    assert counted() == [("a", 0, 2)]


def test_what_works_best_stands_first(consultation: Consultation) -> None:
    today = timezone.localdate()
    rows = [("a", 0, 3, 0), ("a", 0, 4, 7), ("d", 0, 9, 1)]
    ScanDay.objects.bulk_create(
        ScanDay(consultation=consultation, support=support, spot=spot, count=count, day=today - timedelta(days=ago))
        for support, spot, count, ago in rows
    )
    spot = Spot.objects.create(consultation=consultation, support="c", name="Associations")
    found = opened(consultation, today=today, spots=[spot])
    assert [(each.support.value, each.total, each.lately) for each in found] == [("d", 9, 9), ("a", 7, 3), ("c", 0, 0)]


def test_a_tag_says_what_it_was_made_of() -> None:
    for support in Support:
        for spot in (0, 3):
            assert parsed(tag_of(support, 12, spot)) == (support, 12, spot)
