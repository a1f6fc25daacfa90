"""Two people on one form of the desk: every form that edits a row knows what its writer has read."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django_tenants.utils import schema_context

from accounts.listing import list_neighbourhoods
from consultations.moderation.services.screening import set_city_words
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.support.addresses import addresses, path_of
from tests.test_urls import things  # noqa: F401

# A form that opens on words of a row, without a revision, and why nothing of somebody else's is lost by it.
WITHOUT = {
    "desk_prolong": "one date, asked of what is kept at that moment; an earlier end than the present one is refused",
    "desk_address": "a new name or domain to ask for, not the present one to edit",
    "desk_rename": "the same",
    "desk_trail": "a search",
    "desk_subscription": "a wish for another quote, or an order: sent as a whole, another one takes its place",
    "desk_contact": "an exchange to note, on the present day: another is another exchange",
    "desk_contacts_write": "a ready message, sent and kept nowhere",
    "desk_contact_letter": "the same, to print",
    "desk_contacts_batch": "what one file is called, before it is taken up once",
    "desk_entries": "the next sheet, on the day of the one before",
    "desk_kit_sheets": "how many sheets to make",
    "desk_project": "days of steps: what was announced first is kept, whoever moves one",
}


def forms_of(page: str) -> list[str]:
    return re.findall(r"<form\b[^>]*method=\"post\".*?</form>", page, re.DOTALL)


def edits_a_row(form: str) -> bool:
    """Whether it opens on words that are kept."""
    fields = re.findall(r"<input\b[^>]*>", form)
    typed = [
        each for each in fields if re.search(r'type="(text|email|tel|url|color|number|date|datetime-local)"', each)
    ]
    return any(re.search(r'\bvalue="[^"]+"', each) for each in typed) or bool(
        re.search(r"<textarea\b[^>]*>\s*[^<\s]", form)
    )


def test_every_form_of_the_desk_that_edits_a_row_carries_a_revision(
    visit: Callable[..., Client],
    saran: Municipality,
    things: dict[str, Any],  # noqa: F811
) -> None:
    with schema_context(saran.schema_name):
        member = UserFactory(administrator=True)
        list_neighbourhoods(names=["Le Bourg"], actor=None)
        set_city_words(words="grincheux", actor=member)
    desk, seen, without = visit(saran, member), set(), []
    for address in addresses(settings.ROOT_URLCONF):
        path = path_of(address, things) if address.route.startswith("gestion/") else ""
        answer = desk.get(path) if path else None
        if answer is None or answer.status_code != 200 or not answer["Content-Type"].startswith("text/html"):
            continue
        for form in forms_of(answer.content.decode()):
            if edits_a_row(form):
                seen.add(address.name)
                if not re.search(r'name="(revision|seen)"', form) and address.name not in WITHOUT:
                    without.append(address.name)
    assert not without, " ".join(without)
    edited = {"desk_consultation", "desk_challenge_edit", "desk_legal", "desk_appearance", "desk_neighbourhoods"}
    assert edited | {"desk_moderation_words"} <= seen


@pytest.mark.parametrize(
    ("path", "first", "second", "kept"),
    [
        ("/gestion/quartiers/", {"names": "La Gare"}, {"names": "Le Port"}, "La Gare"),
        ("/gestion/apparence/", {"colour": "#112233"}, {"colour": "#445566"}, "#112233"),
        ("/gestion/moderation/mots/", {"words": "grincheux"}, {"words": "ronchon"}, "grincheux"),
    ],
)
def test_the_second_reads_what_the_first_saved_and_saving_again_is_a_decision(
    visit: Callable[..., Client], saran: Municipality, path: str, first: Any, second: Any, kept: str
) -> None:
    with schema_context(saran.schema_name):
        one, other = UserFactory(administrator=True), UserFactory(administrator=True)
    one, other = visit(saran, one), visit(saran, other)
    read = other.get(path).context["form"]["revision"].value()
    assert one.post(path, {**first, "revision": read}).status_code == 302
    answer = other.post(path, {**second, "revision": read})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert kept in page
    assert next(iter(second.values())) in page
    again = answer.context["form"]["revision"].value()
    assert again != read
    assert kept in one.get(path).content.decode(), "nothing was overwritten"
    assert other.post(path, {**second, "revision": again}).status_code == 302
