"""Somebody new at the town hall finds what they are looking for: the words that lead there, press by press."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.test import Client

from accounts.enums import Role
from tenants.models import Municipality
from tests.moderation.factories import reported
from tests.participation.factories import ArgumentFactory

# What is looked for, the words that one presses from the desk on, and what stands on the page that one has come to.
THINGS = {
    "who moderates, and how": (["Réglages", "Qui modère, et quand"], 'name="moderated_by"'),
    "another date for a phase": (["Textes et dates"], 'name="closes_at"'),
    "a colleague to invite": (["Équipe"], "Envoyer l’invitation"),
    "contributions for a spreadsheet": (["Contributions"], "/gestion/contributions/exporter/"),
    "a text to hide": (["Modération"], "/gestion/moderation/"),
    "what was done, and by whom": (["Journal"], "<h1"),
    "the legal texts": (["Réglages", "Textes légaux"], 'name="director"'),
    "the neighbourhoods": (["Réglages", "Quartiers"], 'name="names"'),
    "a second consultation": (["Consultations"], "/gestion/preparer-une-consultation/"),
    "the logo": (["Réglages", "Apparence"], 'name="logo"'),
    "an address of one’s own": (["Réglages", "Adresse"], 'name="domain"'),
    "for how long data is kept": (["Réglages", "Durées de conservation"], "<table"),
}


def pressed(client: Client, page: str, words: str) -> str:
    """The page behind a link with these words, which the page has once: nobody has to guess which one."""
    links = re.findall(r'<a[^>]*href="([^"]*)"[^>]*>(.*?)</a>', page, re.S)
    found = {to for to, said in links if unescape(re.sub(r"<b>.*|<[^>]*>", "", said, flags=re.S)).strip() == words}
    assert len(found) == 1, (words, found)
    return client.get(found.pop()).content.decode()


@pytest.mark.parametrize("thing", THINGS)
def test_it_is_found_in_two_presses_at_most(
    visit: Callable[..., Client], in_saran: Municipality, person: Callable[..., Any], thing: str
) -> None:
    words, there = THINGS[thing]
    reported(ArgumentFactory())
    client = visit(in_saran, person(role=Role.ADMINISTRATOR), stays=True)
    page = client.get("/gestion/").content.decode()
    for each in words:
        page = pressed(client, page, each)
    assert there in unescape(page[page.index("<main") :])
