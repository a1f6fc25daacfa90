"""The public register: figures of a month and its decisions, without a name, a text or a formula."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from common.sheets import safe_cell
from consultations.moderation.enums import Act
from consultations.moderation.models import Case, Decision
from consultations.moderation.services.appealing import appeal
from consultations.moderation.services.deciding import undo
from consultations.participation.counts import recount
from tenants.enums import LifecycleState
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.moderation.conftest import CityClient
from tests.moderation.factories import decided, moderator, reported
from tests.participation.factories import ArgumentFactory
from tests.tenants.test_lifecycle import put

pytestmark = [pytest.mark.usefixtures("in_saran"), pytest.mark.dates]
SECRET = "Mme Lefort habite au douze de la rue du Bourg."


def page(client: CityClient, address: str = "/moderation/") -> str:
    return str(client.get(address).content.decode())


def test_before_anything_is_decided_it_says_so(client: CityClient) -> None:
    shown = page(client)
    assert "Aucune décision" in shown
    assert "<table" not in shown


def test_each_decision_has_its_line_and_nothing_of_who_or_what(client: CityClient) -> None:
    argument = ArgumentFactory(text=SECRET, author__public_name="Tilleul")
    recount()
    for person in UserFactory.create_batch(2):
        case = reported(argument, reporter=person, words="C’est ma tante Odile.")
    judge = moderator(public_name="Argousin")
    decision = decided(case, moderator=judge, facts="Le texte donne le nom de Mme Lefort.")
    shown, table = page(client), client.get("/moderation/registre.csv").content.decode("utf-8-sig")
    for where in (shown, table):
        assert decision.number in where
        assert "charte, 4.1" in where
        for word in ("Lefort", "Tilleul", "Odile", "Argousin", argument.proposal.title):
            assert word not in where
    assert f'id="{decision.number}"' in shown
    assert f'<span class="whole">{decision.number}</span>' in shown  # in no two lines
    assert all(f'data-head="{head}"' in shown for head in ("Règle", "Repéré par", "Délai"))  # on phones, without a row
    # Two people: whose reports they are could be guessed.
    assert "Moins de cinq signalements" in shown
    assert "Moins de cinq signalements" in table
    assert "2 signalements" not in shown + table


def test_what_was_cancelled_at_once_is_in_none_of_it(client: CityClient) -> None:
    judge = moderator()
    decision = decided(reported(ArgumentFactory()), moderator=judge)
    undo(decision=decision, moderator=judge, at=decision.decided_at)
    assert decision.number not in page(client)
    assert decision.number not in client.get("/moderation/registre.csv").content.decode()


def test_contested_upheld_or_changed_is_said_beside_it(client: CityClient) -> None:
    argument = ArgumentFactory()
    case = reported(argument)
    decision = decided(case)
    appeal(decision=decision, author=argument.author, words="Relisez mon texte, je vous prie.", at=timezone.now())
    assert "une autre personne relit" in page(client)
    decided(case, Act.RESTORE)
    shown = page(client)
    assert "une autre personne relit" not in shown
    assert "Contestée, décision changée" in shown


def of_months(*ago: int) -> list[Decision]:
    """A decision so many times thirty-one days ago, each."""
    case, now = reported(ArgumentFactory()), timezone.now()
    given: dict[str, Any] = {"case": case, "kind": case.kind, "act": Act.HIDE, "rule": "Hors du sujet"}
    return [
        Decision.objects.create(
            decided_at=now - timedelta(days=31 * months), opened_at=now - timedelta(days=31 * months, hours=6), **given
        )
        for months in ago
    ]


def test_a_month_at_a_time_and_a_decision_is_found_whichever_page_it_is_on(client: CityClient) -> None:
    old, *others = of_months(2, *[0] * 51)
    shown = page(client)
    assert old.number not in shown
    assert f'value="{timezone.localtime(old.decided_at):%Y-%m}"' in shown
    assert "6 h" in shown.replace("\u00a0", " ")
    assert f'id="{old.number}"' in page(client, f"/moderation/?mois={timezone.localtime(old.decided_at):%Y-%m}")
    assert f'id="{old.number}"' in page(client, f"/moderation/?decision={old.pk}")
    first, last = others[0], others[-1]
    assert f'id="{first.number}"' not in page(client)  # on the second page
    assert f'id="{first.number}"' in page(client, f"/moderation/?decision={first.pk}")
    assert f'id="{last.number}"' in page(client, f"/moderation/?decision={last.pk}")


def test_what_makes_no_sense_shows_the_last_month(client: CityClient) -> None:
    (decision,) = of_months(0)
    months = ["2026-13", "x", "0000-01", "0001-01", "9999-12"]
    for asked in (*(f"mois={each}" for each in months), "decision=x", "decision=99999999", "page=z"):
        assert f'id="{decision.number}"' in page(client, f"/moderation/?{asked}"), asked


def test_it_costs_the_same_however_much_was_decided(client: CityClient, in_saran: Municipality) -> None:
    from tests.participation.test_lists import queries

    of_months(0)
    few = queries(client, "/moderation/")
    of_months(*[0] * 9, 1, 2, 3)
    assert queries(client, "/moderation/?page=1") == few


@pytest.mark.parametrize("state", [LifecycleState.ACTIVE, LifecycleState.READ_ONLY, LifecycleState.CLOSED])
def test_it_is_read_as_long_as_the_texts_are(
    state: str, client: CityClient, in_saran: Municipality, visit: Callable[..., Any]
) -> None:
    (decision,) = of_months(0)
    put(in_saran, state)
    answer = visit(in_saran).get("/moderation/")
    assert answer.status_code == visit(in_saran).get("/").status_code
    if answer.status_code == 200:
        assert decision.number in answer.content.decode()


@pytest.mark.parametrize("cell", ["=1+1", "+33", "-2", "@sum", "\t=1"])
def test_no_cell_is_worked_out_by_a_spreadsheet(cell: str) -> None:
    assert safe_cell(cell) == f"'{cell}"
    assert (safe_cell("a=b"), safe_cell(-2)) == ("a=b", -2)


def test_a_formula_in_a_rule_stays_a_text(client: CityClient) -> None:
    (decision,) = of_months(0)
    Decision.objects.create(
        case=Case.objects.get(), kind=decision.kind, act=Act.HIDE, rule="=1+1", opened_at=timezone.now()
    )
    assert ";'=1+1;" in client.get("/moderation/registre.csv").content.decode()
