"""Nothing of ours is in French on a page for residents that is in English; what people wrote is marked as French."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django_tenants.utils import schema_context

from accounts.models import User
from common.languages import _FRENCH_ALONE
from consultations.framing.services.languages import offer_languages
from consultations.participation.models import Proposal
from tenants.models import Municipality
from tests.support.addresses import CITY, addresses, path_of, someone
from tests.support.demonstration import filled
from tests.support.english import french_left
from tests.test_urls import things  # noqa: F401

Visit = Callable[..., Client]


def wrong_of(path: str, answer: Any) -> list[str]:
    """Of a page: what it says in French, and links of its own that leave the language."""
    if answer.streaming or not answer["Content-Type"].startswith("text/html"):
        return []
    page = answer.content.decode()
    wrong = [f"{path}: {words[:200]}" for words in french_left(page)]
    if "<html" in page and '<html lang="en"' not in page:
        wrong.append(f"{path}: not in English")
    for tag in re.findall(r"<(?:a|form)\b[^>]*>", page):
        leads = re.search(r'\b(?:href|action)="(/[^"]*)"', tag)
        is_astray = leads and 'hreflang="fr"' not in tag and not leads[1].startswith("/en/")
        if is_astray and leads and not _FRENCH_ALONE.fullmatch(re.split(r"[?#]", leads[1])[0]):
            wrong.append(f"{path}: leads to {leads[1]}")
    return wrong


@pytest.mark.parametrize("role", ["visitor", "PARTICIPANT"])
def test_each_page_of_residents(
    visit: Visit,
    saran: Municipality,
    things: dict[str, Any],  # noqa: F811
    role: str,
) -> None:
    with schema_context(saran.schema_name):
        offer_languages(municipality=saran, codes=["en"], actor=None)
    client, wrong = visit(saran, someone(saran, role)), []
    for address in addresses(settings.ROOT_URLCONF):
        path = path_of(address, things)
        if _FRENCH_ALONE.fullmatch(path) or CITY[address.name][0][role] == 405:
            continue
        wrong += wrong_of(path, client.get(f"/en{path}"))
    assert not wrong, "\n".join(wrong)


def test_the_demonstration_city_as_somebody_walks_through_it(visit: Visit, in_saran: Municipality) -> None:
    filled(in_saran)
    offer_languages(municipality=in_saran, codes=["en"], actor=None)
    author = User.objects.filter(pk__in=Proposal.objects.values("author"), role="PARTICIPANT").order_by("pk")[0]
    wrong = []
    for client in (visit(in_saran, stays=True), visit(in_saran, author, stays=True)):
        seen, waiting = set(), ["/en/"]
        while waiting:
            path = waiting.pop(0)
            answer = client.get(path)
            if answer.status_code != 200 or answer.streaming:
                continue
            wrong += wrong_of(path, answer)
            for link in re.findall(r'<a\b[^>]*\bhref="(/en/[^"#?]*)', answer.content.decode()):
                # One page of each kind, by its path without what names one of them.
                kind = re.sub(r"(?<=/)(?:\d[^/]*|[^/]*-[^/]*)(?=/)", "*", link)
                if kind not in seen:
                    seen.add(kind)
                    waiting.append(link)
    assert not wrong, "\n".join(dict.fromkeys(wrong))
