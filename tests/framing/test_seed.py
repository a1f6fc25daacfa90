"""A new city gets the library's challenges as its sign-up wished them, its dates and its logo; once."""

from datetime import datetime
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from django_tenants.utils import schema_context
from PIL import Image

from common.pictures import accept_logo
from consultations.framing.enums import PhaseKind
from consultations.framing.models import Challenge, Consultation, LegalIdentity, Logo, Phase
from consultations.framing.services.appearance import seed_logo
from tenants.events import municipality_provisioned
from tenants.models import Municipality

pytestmark = pytest.mark.dates

ALL = ["ecologie", "travail", "citoyennete", "solidarite", "sante", "societe"]


def picture(colour: str = "red") -> bytes:
    file = BytesIO()
    Image.new("RGB", (64, 64), colour).save(file, "PNG")
    file.seek(0)
    return accept_logo(file)


@pytest.fixture
def new_city(in_saran: Municipality) -> Municipality:
    """Saran as it was before anything was written in it."""
    Consultation.objects.all().delete()
    LegalIdentity.objects.all().delete()
    return in_saran


def provision(city: Municipality, framing: Any = None, logo: bytes | None = None) -> Consultation:
    """As the engine's content step does: in the city's schema, in one transaction."""
    with transaction.atomic():
        municipality_provisioned.send(
            sender=None,
            municipality=city,
            challenge_set="territoires-resilients",
            framing={} if framing is None else framing,
            logo=logo,
        )
    return Consultation.objects.get()


def codes() -> list[str]:
    return list(Challenge.objects.order_by("position").values_list("slug", flat=True))


def test_without_choices_the_whole_set_is_copied_without_dates(new_city: Municipality) -> None:
    consultation = provision(new_city)
    assert codes() == ALL
    assert consultation.question.startswith("Saran")
    assert consultation.title == "Le jour d’après"
    assert Phase.objects.filter(opens_at__isnull=True, closes_at__isnull=True).count() == len(PhaseKind)
    challenge = Challenge.objects.get(slug="sante")
    assert (challenge.template_set, challenge.template_code) == ("territoires-resilients", "sante")
    assert challenge.template_version
    assert challenge.examples
    assert challenge.validated_at is None


def test_the_choices_of_the_sign_up_are_followed(new_city: Municipality) -> None:
    consultation = provision(
        new_city,
        {
            "title": "  Saran   demain ",
            "challenges": [
                {"code": "sante", "question": "Comment se soigner à Saran ?"},
                {"code": "inconnu", "question": "?"},
                {"code": "ecologie", "question": "  "},
                {"code": "sante", "question": "Deux fois"},
            ],
            "opens_on": "2027-03-01",
            "closes_on": "2027-04-15",
            "contact_email": "participation@saran.example",
            "something_new": {"a": 1},
        },
    )
    assert consultation.title == "Saran demain"
    assert consultation.contact_email == "participation@saran.example"
    assert codes() == ["sante", "ecologie"]
    assert Challenge.objects.get(slug="sante").question == "Comment se soigner à Saran ?"
    assert Challenge.objects.get(slug="ecologie").question.startswith("Comment bien vivre ici")
    propose = Phase.objects.get(kind=PhaseKind.PROPOSE)
    there = ZoneInfo(new_city.time_zone)
    assert propose.opens_at == datetime(2027, 3, 1, 8, tzinfo=there)
    assert propose.closes_at == datetime(2027, 4, 15, 20, tzinfo=there)


def test_one_date_gives_the_other(new_city: Municipality) -> None:
    provision(new_city, {"opens_on": "2027-03-01"})
    propose = Phase.objects.get(kind=PhaseKind.PROPOSE)
    assert propose.closes_at == datetime(2027, 4, 5, 20, tzinfo=ZoneInfo(new_city.time_zone))


@pytest.mark.parametrize(
    "framing",
    [
        [],
        "texte",
        {"title": 12, "challenges": "tous", "opens_on": 3, "contact_email": ["x"]},
        {"challenges": [None, 4, {"code": 7}, {"question": "seule"}], "contact_email": "pas une adresse"},
        {"opens_on": "2027-02-30", "closes_on": "demain"},
        {"opens_on": "2027-03-10", "closes_on": "2027-03-01"},
        {"opens_on": "2027-03-01", "closes_on": "2027-03-05"},
        {"opens_on": "9999-12-31"},
        {"closes_on": "0001-01-01"},
        {"challenges": [{"code": "inconnu"}]},
    ],
)
def test_bad_choices_are_left_out_and_break_nothing(new_city: Municipality, framing: Any) -> None:
    consultation = provision(new_city, framing)
    assert codes() == ALL
    assert consultation.contact_email == ""
    assert Phase.objects.get(kind=PhaseKind.PROPOSE).opens_at is None


def test_words_too_long_for_their_place_are_cut(new_city: Municipality) -> None:
    consultation = provision(new_city, {"title": "a" * 500, "challenges": [{"code": "sante", "question": "b" * 900}]})
    assert len(consultation.title) == 120
    assert len(Challenge.objects.get().question) == 200


def test_asked_again_it_leaves_what_the_city_made_of_it(new_city: Municipality) -> None:
    provision(new_city, {"challenges": [{"code": "sante", "question": ""}]}, picture())
    Challenge.objects.update(question="Notre question à nous ?")
    consultation = provision(new_city, {"title": "Autre", "opens_on": "2027-03-01"}, picture("blue"))
    assert consultation.title != "Autre"
    assert codes() == ["sante"]
    assert Challenge.objects.get().question == "Notre question à nous ?"
    assert Logo.objects.get().png == picture()


def test_the_logo_is_kept_in_the_citys_schema_and_named_in_the_register(new_city: Municipality) -> None:
    provision(new_city, logo=picture())
    logo = Logo.objects.get()
    assert bytes(logo.png) == picture()
    with schema_context("public"):
        assert Municipality.objects.get(pk=new_city.pk).logo == logo.digest
    with schema_context("public"):
        brest = Municipality.objects.get(slug="brest")
    assert brest.logo == ""
    with schema_context(brest.schema_name):
        assert not Logo.objects.exists()


def test_a_step_that_fails_leaves_neither_the_picture_nor_its_name(new_city: Municipality) -> None:
    class Stopped(Exception):
        pass

    with pytest.raises(Stopped), transaction.atomic():
        seed_logo(municipality=new_city, png=picture())
        raise Stopped
    assert not Logo.objects.exists()
    with schema_context("public"):
        assert Municipality.objects.get(pk=new_city.pk).logo == ""


def test_a_register_that_missed_the_logo_learns_of_it_on_the_next_try(new_city: Municipality) -> None:
    seed_logo(municipality=new_city, png=picture())
    with schema_context("public"):
        Municipality.objects.filter(pk=new_city.pk).update(logo="")
    seed_logo(municipality=new_city, png=picture("blue"))
    digest = Logo.objects.get().digest
    with schema_context("public"):
        assert Municipality.objects.get(pk=new_city.pk).logo == digest
