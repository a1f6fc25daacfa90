"""The public site's own pages: whole, or shown to nobody; the check of a deployment names what is missing."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client
from django.urls import reverse

from onboarding.own_pages import NEEDED, own_pages_are_whole, printed

PAGES = {page: f"service_{page}" for page in NEEDED}
EACH = [(page, name) for page, names in NEEDED.items() for name in names]


def setting(settings: Any, name: str, value: str) -> None:
    family, _, rest = name.partition("_")
    if family == "LEGAL":
        setattr(settings, name, value)
    else:
        setattr(settings, family, getattr(settings, family) | {rest: value})


def shown(visit: Callable[..., Client], page: str) -> tuple[int, str]:
    answer = visit(None).get(reverse(PAGES[page], urlconf="config.urls.public"))
    return answer.status_code, answer.content.decode()


@pytest.mark.parametrize(("page", "name"), EACH)
def test_a_page_says_each_and_without_it_is_shown_to_nobody(
    visit: Callable[..., Client], settings: Any, page: str, name: str
) -> None:
    settings.SENTRY_DSN = "https://key@errors.example/1"
    setting(settings, name, "")
    assert [name in str(each.msg) for each in own_pages_are_whole(None)] == [True]
    status, said = shown(visit, page)
    assert (status, "n’est pas encore prête" in said) == (503, True)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_says_all_that_it_needs_and_has_no_hole(visit: Callable[..., Client], settings: Any, page: str) -> None:
    settings.SENTRY_DSN = "https://key@errors.example/1"
    for name in NEEDED[page]:
        if not name.endswith(("_DAYS", "_A_YEAR", "_COUNTRY", "_EMAIL")):
            setting(settings, name, f"dit-{name}")
    status, said = shown(visit, page)
    assert status == 200
    assert [name for name in NEEDED[page] if printed()[_short(name)] not in said] == []
    assert "<mark" not in said
    assert "None" not in said


def test_who_reports_errors_to_nobody_names_nobody_for_it(visit: Callable[..., Client], settings: Any) -> None:
    settings.PAPERS = settings.PAPERS | {"ERRORS_COMPANY": "", "ERRORS_COUNTRY": ""}
    for page in PAGES:
        assert "suivi des pannes" not in shown(visit, page)[1].lower()
    assert own_pages_are_whole(None) == []


def test_a_host_outside_the_union_is_no_page_either(visit: Callable[..., Client], settings: Any) -> None:
    setting(settings, "PAPERS_HOST_COUNTRY", "États-Unis")
    assert {page: shown(visit, page)[0] for page in PAGES} == {
        "legal": 503,
        "terms": 503,
        "privacy": 503,
        "accessibility": 200,
    }


def test_the_statement_says_what_an_audit_found(visit: Callable[..., Client], settings: Any) -> None:
    assert "avant un audit" in shown(visit, "accessibility")[1]
    settings.ACCESSIBILITY_AUDIT_BY, settings.ACCESSIBILITY_AUDIT_RATE = "Un cabinet", 82
    settings.ACCESSIBILITY_AUDIT_FINDINGS = ["Un contraste trop faible"]
    said = shown(visit, "accessibility")[1]
    assert "82\u00a0%" in said
    assert "Un contraste trop faible" in said
    assert "avant un audit" not in said


def test_the_deployment_is_refused_while_one_lacks(db: None, settings: Any) -> None:
    setting(settings, "SITE_INSURER", "")
    with pytest.raises(CommandError, match="SITE_INSURER"):
        call_command("check", "--deploy", "--tag", "security")


def _short(name: str) -> str:
    return name.removeprefix("PAPERS_").removeprefix("LEGAL_").removeprefix("SITE_").lower()
