"""The audit trail in words: whatever is recorded anywhere in the code has a French label."""

import ast
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.test import Client
from django.utils.translation import override

from accounts import trail
from accounts.audit import ActionWithoutWords, record
from accounts.models import AuditEntry
from common.trail import label_of, labels, records
from tenants.models import Municipality
from tests.accounts.factories import UserFactory
from tests.accounts.leaving import comes
from tests.accounts.test_own_data import PAGE, opened, read

ROOT = Path(__file__).resolve().parents[2]
HOUSE = ("platform", "tenants", "onboarding", "billing", "consultations")


def recorded(source: str) -> Iterator[str]:
    """The actions that a file records: as it writes them, by its own constants, or as its own functions pass them on."""
    tree = ast.parse(source)
    constants: dict[str, ast.expr] = {}
    for node in tree.body:
        if isinstance(node, ast.Assign):
            target, value = node.targets[0], node.value
            if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
                constants |= {ast.unparse(name): what for name, what in zip(target.elts, value.elts, strict=True)}
            else:
                constants[ast.unparse(target)] = value
    functions = {node.name: node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}

    def calls_of(name: str) -> Iterator[tuple[ast.Call, ast.FunctionDef]]:
        for function in functions.values():
            for node in ast.walk(function):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name:
                    yield node, function

    def values(what: ast.expr, function: ast.FunctionDef) -> Iterator[str]:
        if isinstance(what, ast.Constant):
            yield str(what.value)
        elif isinstance(what, ast.IfExp):
            yield from values(what.body, function)
            yield from values(what.orelse, function)
        elif isinstance(what, ast.Name) and what.id in constants:
            yield from values(constants[what.id], function)
        elif isinstance(what, ast.Name) and (assigned := _assigned(what.id, function)):
            yield from values(assigned, function)
        elif isinstance(what, ast.Name) and what.id in _arguments(function):
            place = _arguments(function).index(what.id)
            for call, caller in calls_of(function.name):
                by_name = [each.value for each in call.keywords if each.arg == what.id]
                yield from values(by_name[0] if by_name else call.args[place], caller)
        else:
            raise AssertionError(f"{ast.unparse(what)}: which action this is cannot be read")

    for call, function in calls_of("record"):
        yield from values(call.args[0], function)


def _arguments(function: ast.FunctionDef) -> list[str]:
    return [each.arg for each in (*function.args.args, *function.args.kwonlyargs)]


def _assigned(name: str, function: ast.FunctionDef) -> ast.expr | None:
    found = [
        node.value
        for node in ast.walk(function)
        if isinstance(node, ast.Assign) and [ast.unparse(each) for each in node.targets] == [name]
    ]
    return found[0] if found else None


def all_recorded() -> set[str]:
    found: set[str] = set()
    for folder in HOUSE:
        for path in (ROOT / folder).rglob("*.py"):
            source = path.read_text()
            if "accounts.audit import" in source:
                found |= set(recorded(source))
    return found


def test_each_action_that_is_recorded_anywhere_has_a_label_and_each_label_an_action() -> None:
    found = all_recorded()
    assert len(found) > 80
    assert found - labels.keys() == set(), "say what it is called, in the trail.py of its app"
    assert labels.keys() - found == set(), "nothing records it any more"


@pytest.mark.parametrize(
    ("source", "actions"),
    [
        ('def a():\n    record("one", actor=None)', {"one"}),
        ('def a(on):\n    record("on" if on else "off", actor=None)', {"on", "off"}),
        (
            'ONE, TWO = "one", "two"\ndef a(x):\n    act = ONE if x else TWO\n    record(act, actor=None)',
            {"one", "two"},
        ),
        ('def a():\n    b("one")\n    b(what="two")\ndef b(what):\n    record(what, actor=None)', {"one", "two"}),
    ],
)
def test_it_is_found_however_it_is_written(source: str, actions: set[str]) -> None:
    assert set(recorded(source)) == actions


def test_one_that_cannot_be_read_is_refused() -> None:
    with pytest.raises(AssertionError, match="cannot be read"):
        list(recorded("def a(row):\n    record(row.action, actor=None)"))


def test_labels_are_french() -> None:
    for action, label in labels.items():
        with override("en"):
            english = str(label)
        assert str(label) != english, action
    assert label_of("proposal_submitted") == "Proposition envoyée"
    assert label_of("of_long_ago") == "of_long_ago"


def test_an_action_without_words_is_not_recorded(in_saran: Municipality) -> None:
    before = AuditEntry.objects.count()
    with pytest.raises(ActionWithoutWords, match="something_new"):
        record("something_new", actor=None)
    assert AuditEntry.objects.count() == before


def test_nothing_but_what_shows_the_trail_reads_it() -> None:
    """It is shown to people (a copy, a story, a page); what the service must know later stands in a row of its own."""
    shows = {
        "platform/accounts/exports.py",  # a person's copy
        "platform/accounts/audit.py",
        "platform/accounts/journal.py",  # a city's own, for its administrators
        "tenants/selectors.py",  # a city's story, for operators
        "tenants/copies.py",  # who took a copy of the city, for everybody; the same is told once
        "platform/accounts/selectors.py",  # which actions the journal offers to look for
        "platform/accounts/own_journal.py",  # what was done to what is one's own
        "tenants/cells/packing.py",  # a city that moves takes its story with it
        "platform/accounts/retention.py",  # which forgets it after a year
        "consultations/moderation/selectors/visits.py",  # when the service's team came in, for the city's administrators
        "consultations/library/selectors.py",  # a set's story
        "consultations/framing/selectors/__init__.py",  # who saved meanwhile
        "consultations/analysis/tasks.py",  # whether anything at all was done in a city of late: a hint, and no more
        "consultations/framing/selectors/margins.py",  # whether a text has changed since a comment
    }
    reads = {
        str(path.relative_to(ROOT))
        for folder in HOUSE
        for path in (ROOT / folder).rglob("*.py")
        if "AuditEntry.objects" in path.read_text() and "migrations" not in path.parts
    }
    assert reads == shows


def test_an_action_is_declared_once() -> None:
    assert trail
    with pytest.raises(AssertionError, match="said twice"):
        records({"proposal_submitted": "Again"})


def test_the_log_in_a_persons_copy_is_in_french(in_saran: Municipality, visit: Callable[..., Client]) -> None:
    user = UserFactory()
    record("profile_completed", actor=user, subject=user)
    rows = read(opened(comes(visit, in_saran, user).post(PAGE)), "journal")
    assert rows[0]["action"] == "Profil rempli ou changé"
    assert rows[0]["numéro"] == str(user.pk)
    assert not {word for word in json.dumps(rows).split('"') if "_" in word or "accounts." in word}
