"""One table says who may do what: addresses, services, menus and the docs ask it, and nothing else names roles."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils.translation import override
from django_tenants.utils import schema_context

from accounts.abilities import SEE_DESK, abilities
from accounts.backoffice.roles import matrix
from accounts.enums import TEAM_ROLES, Role
from tenants.models import Municipality
from tests.support.addresses import CITY, Address, addresses, one_of_everything, path_of, someone
from tests.support.limits import posts_without_end  # noqa: F401
from tests.support.pages import unread
from tests.support.roles import CITY_ROLES, POST_ONLY

ROOT = Path(__file__).resolve().parents[1]
OF_THE_TEAM = [
    each
    for each in addresses(settings.ROOT_URLCONF)
    if each.route.startswith("gestion/") and not each.name.startswith("verification_")
]


def asked_by(address: Address) -> Any:
    return address.pattern.callback.ability  # type: ignore[attr-defined]


def test_each_page_of_the_team_asks_an_ability_of_the_table() -> None:
    unknown = {each.name for each in OF_THE_TEAM if asked_by(each) not in abilities()}
    assert unknown == set()
    unused = {each.key for each in abilities()} - {asked_by(each).key for each in OF_THE_TEAM}
    # Of pages that residents have; of lines of the week and of views, of which their one address asks each.
    assert unused == {"read_ahead", "announce", "share_out", "arrange_views"}


def test_what_each_page_answers_is_what_its_ability_says() -> None:
    """The table of addresses, which tests/test_urls.py holds against the pages, and that of abilities are one."""
    wrong, nobodys = [], set()
    for each in OF_THE_TEAM:
        row, ability = CITY[each.name][0], asked_by(each)
        if row is POST_ONLY:
            continue
        entering = {role for role in TEAM_ROLES if row[role] != 404}
        if not entering:
            nobodys.add(each.name)
        elif not ability.always <= entering <= ability.in_team:
            wrong.append(f"{each.name}: {sorted(entering)}, not {sorted(ability.in_team)}")
    assert not wrong, "\n".join(wrong)
    # There is nothing that its address could name; or it is for the one person whom it names.
    assert nobodys == {"desk_note", "desk_sheet_file", "opinion"}


@pytest.mark.parametrize("role", sorted(set(CITY_ROLES) - {Role.ADMINISTRATOR}))
def test_nobody_posts_where_they_may_not(visit: Callable[..., Client], saran: Municipality, role: str) -> None:
    with schema_context(saran.schema_name):
        things = one_of_everything()
    client, wrong = visit(saran, someone(saran, role)), []
    for each in OF_THE_TEAM:
        if role in asked_by(each).roles:
            continue
        with unread():
            answer = client.post(path_of(each, things), {"email": "a@example.org", "role": "ADMINISTRATOR"})
        at_the_door = role == "visitor" and "/connexion/" in answer.headers.get("Location", "")
        if answer.status_code not in (404, 405) and not at_the_door:
            wrong.append(f"{each.route}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)


def test_roles_are_named_in_the_table_and_nowhere_else() -> None:
    """But the administrator, who answers for the platform: one asks who that is, and writes to them."""
    others = "|".join(set(TEAM_ROLES) - {Role.ADMINISTRATOR})
    naming = re.compile(rf"""\b(?:Role\.(?:{others})\b|role (?:not )?in .*ADMINISTRATOR|["'](?:{others})["'])""")
    by_right = {
        "platform/accounts/backoffice/forms.py",  # words for each, to choose from
        "platform/accounts/enums.py",
        "platform/accounts/permissions.py",  # who is let in by name only
        "consultations/framing/enums.py",  # a way to moderate has the name of a role
        "consultations/portal/demo/moderation.py",  # somebody made up
        "consultations/portal/demo/outcomes.py",  # the same
    }
    found = {
        path
        for folder in ("platform", "tenants", "onboarding", "consultations", "billing")
        for file in (ROOT / folder).rglob("*.py")
        if naming.search(file.read_text()) and "/migrations/" not in (path := str(file.relative_to(ROOT)))
        if file.name != "abilities.py"
    }
    assert found - by_right == set()


def test_the_docs_have_the_table_of_the_code() -> None:
    with override("en"):
        lines = ["| | " + " | ".join(str(role.label) for role in TEAM_ROLES) + " |"]
        lines.append("|---" * (len(TEAM_ROLES) + 1) + "|")
        for ability, cells in matrix():
            when = f" ({ability.when})" if ability.when else ""
            lines.append(f"| {ability.words}{when} | " + " | ".join(str(word) for _role, word in cells) + " |")
    table = "\n".join(lines)
    assert table in (ROOT / "docs" / "roles.md").read_text(), table


def test_the_page_says_what_the_table_says(visit: Callable[..., Client], saran: Municipality) -> None:
    page = visit(saran, someone(saran, Role.OBSERVER)).get("/gestion/equipe/roles/").content.decode()
    assert page.count('scope="row"') == len(abilities())
    row = re.sub(r"<[^>]+>", " ", page[page.index(str(SEE_DESK.words)) :].split("</tr>")[0])
    assert re.findall(r"\b(Oui|Non|Parfois)\b", row) == ["Oui"] * 5 + ["Non"]
    assert "votre rôle" in page
