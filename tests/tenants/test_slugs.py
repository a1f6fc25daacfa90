"""Which words may begin a city's address, and what is proposed when one is taken."""

import gzip
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from onboarding.web.forms import suggested_slug
from tenants.models import Domain, Municipality, WantedCity
from tenants.services import SlugTaken, reserve_municipality
from tenants.slugs import (
    ANYBODYS_SLUGS,
    RESERVED_SLUGS,
    STATE_SLUGS,
    free_alternatives,
    is_reserved,
    kept_from,
    kept_message,
    slug_problem,
    taken_among,
    why_not_free,
)

DIRECTORY = Path(__file__).resolve().parents[2] / "onboarding" / "directory" / "authorities-2026.tsv.gz"


@pytest.mark.parametrize("slug", ["saran", "y", "saint-denis-93", "l-hay-les-roses", "a" * 40, "4-cantons", "eu"])
def test_an_ordinary_name_is_fine(slug: str) -> None:
    assert slug_problem(slug) is None


@pytest.mark.parametrize(
    "slug",
    ["", "Saran", "sarañ", "-saran", "saran-", "a" * 41, "a.b", "a b", "a_b", "саран", "<script>", "saran\n", "é"],
)
def test_what_is_no_address_is_refused(slug: str) -> None:
    assert "minuscules" in (slug_problem(slug) or "")


@pytest.mark.parametrize("slug", ["xn--saran-9ua", "xn--", "ab--cd", "sa--ran"])
def test_what_a_browser_would_read_as_another_word_is_refused(slug: str) -> None:
    assert slug_problem(slug) is not None


@pytest.mark.parametrize("slug", sorted(RESERVED_SLUGS))
def test_reserved_words_are_refused(slug: str) -> None:
    assert is_reserved(slug)
    assert slug_problem(slug)


@pytest.mark.parametrize(
    "slug",
    [
        "adm1n", "adrnin", "ad-min", "admin2", "4dmin", "a1de", "4pi", "vvww", "www-saran", "www2", "w-w-w", "ns3",
        "mai1", "territo1res", "territ0ires", "terri7oires", "territoires-resilients-saran", "terr1t0ires-re5ilients",
        "mes-territoiresresilients", "c0nnexion", "g3stion", "p4iement", "1nscription", "webma1l",
    ],
)  # fmt: skip
def test_what_looks_like_a_reserved_word_is_refused(slug: str) -> None:
    assert is_reserved(slug)
    assert slug_problem(slug)


def test_no_french_authority_is_refused_its_own_name() -> None:
    lines = gzip.decompress(DIRECTORY.read_bytes()).decode().splitlines()
    rows = [line.split("\t") for line in lines[1:]]
    refused = {row[2] for row in rows if slug_problem(suggested_slug(row[2])) is not None}
    assert len(rows) > 36_000
    assert refused == set()


def test_a_taken_slug_and_a_former_one_are_not_free(saran: Municipality, brest: Municipality) -> None:
    Domain(domain=f"brest-hier.{settings.PUBLIC_HOST}", tenant=brest, is_primary=False).save()
    assert taken_among(["saran", "brest-hier", "ingre"]) == {"saran", "brest-hier"}
    assert why_not_free("saran")
    assert why_not_free("brest-hier")
    assert why_not_free("adm1n")
    assert why_not_free("ingre", kind="COMMUNE", authority_code="45169") == ""


@pytest.mark.parametrize(
    "slug", [*sorted(STATE_SLUGS | ANYBODYS_SLUGS), "p0lice", "caf-45", "prefecture-loiret", "a", "zz"]
)
def test_nobody_takes_the_states_name_nor_one_of_two_signs_by_themselves(db: None, slug: str) -> None:
    assert why_not_free(slug, kind="COMMUNE", authority_code="45169") == kept_message()
    assert slug_problem(slug) is None  # operators may give it


@pytest.mark.parametrize(
    ("slug", "kind", "code", "free"),
    [
        ("paris", "COMMUNE", "75056", True),
        ("paris", "COMMUNE", "45169", False),
        ("paris", "COMMUNE", "", False),  # typed by hand, whatever its name
        ("saint-denis", "COMMUNE", "93066", True),
        ("saint-denis", "COMMUNE", "97411", True),
        ("st-denis", "COMMUNE", "45169", False),
        ("loiret", "DEPARTMENT", "45", True),
        ("loiret", "COMMUNE", "45169", False),
        ("y", "COMMUNE", "80829", True),  # one's own name, however short
        ("ingre-participe", "COMMUNE", "45169", True),
    ],
)
def test_an_authoritys_name_is_for_those_who_bear_it(db: None, slug: str, kind: str, code: str, free: bool) -> None:
    assert (why_not_free(slug, kind=kind, authority_code=code) == "") is free


def test_every_authority_may_have_its_own_name(db: None) -> None:
    lines = gzip.decompress(DIRECTORY.read_bytes()).decode().splitlines()
    for kind, code, name, *_rest in [line.split("\t") for line in lines[1::97]] + [["COMMUNE", "76255", "Eu"]]:
        slug = suggested_slug(name)
        assert not kept_from([slug], kind=kind, authority_code=code), name


def test_alternatives_are_free_and_close_and_cost_two_queries(
    saran: Municipality, django_assert_num_queries: Any
) -> None:
    Domain(domain=f"ville-saran.{settings.PUBLIC_HOST}", tenant=saran, is_primary=False).save()
    with django_assert_num_queries(2):
        found = free_alternatives("saran", department_code="45")
    assert found == ["saran-45", "saran-participe", "saran-concertation", "consultation-saran"]


def test_alternatives_are_always_addresses_themselves(db: None) -> None:
    for slug in ("a" * 40, "admin", "sa--ran", ""):
        assert [each for each in free_alternatives(slug, department_code="2A") if slug_problem(each)] == []
    assert free_alternatives("ajaccio", department_code="2A")[0] == "ajaccio-2a"


@pytest.mark.parametrize("slug", ["adm1n", "www-saran", "territo1res"])
def test_neither_sign_up_nor_command_reserves_a_look_alike(db: None, slug: str) -> None:
    with pytest.raises(SlugTaken):
        reserve_municipality(WantedCity("Ingré", "COMMUNE", "45169", slug), verified_at=None)
    with pytest.raises(CommandError, match="réservée"):
        call_command("provision", authority="45169", name="Ingré", slug=slug, admin="maire@ingre.example")
    assert not Municipality.objects.filter(slug=slug).exists()
