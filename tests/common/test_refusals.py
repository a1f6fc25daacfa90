"""Refusals are known by their code: each has one of its own, answers as the person's doing, and is met in a test."""

import pkgutil
import re
from collections import Counter
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import accounts
import billing
import common
import consultations
import notifications
import onboarding
import tenants
from common.refusals import Refusal

TESTS = Path(__file__).parents[1]


def every_refusal() -> list[type[Refusal]]:
    """All of the house: those that are raised, not what only groups them."""
    for package in (common, accounts, notifications, tenants, onboarding, billing, consultations):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not re.search(r"\.(migrations|management)(\.|$)", module.name):
                import_module(module.name)
    return [each for each in _below(Refusal) if each.__module__.partition(".")[0] != "tests"]


def _below(base: type[Refusal]) -> Iterator[type[Refusal]]:
    for each in base.__subclasses__():
        yield from _below(each)
        if "code" in vars(each) or not each.__subclasses__():
            yield each


def test_each_refusal_has_a_code_of_its_own() -> None:
    codes: dict[str, type[Refusal]] = {}
    for each in every_refusal():
        assert re.fullmatch(r"[a-z]+(_[a-z]+)*", vars(each).get("code", "")), f"{each} has no code"
        assert codes.setdefault(each.code, each) is each, f"{each} and {codes[each.code]} have the same code"


def test_each_refusal_says_what_the_person_can_do() -> None:
    for each in every_refusal():
        # Or what is ours to mend first, said as such.
        assert 400 <= each.status < 500 or each.status == 503, each
        # Those that are given their sentence, or make it of what they are given, take it in.
        assert each.message or "__init__" in vars(each) or each.__init__ is not Refusal.__init__ or _is_told(each), each


def _is_told(refusal: type[Refusal]) -> bool:
    """Wherever it is raised, the sentence is given."""
    source = Path(import_module(refusal.__module__).__file__ or "").read_text()
    return f"{refusal.__name__}(" in source and f"raise {refusal.__name__}\n" not in source


def test_each_refusal_is_met_in_a_test() -> None:
    """By its code, or by its class where no other has that name. One that nothing can meet is no rule."""
    here, refusals = Path(__file__), every_refusal()
    words = {word for path in TESTS.rglob("*.py") if path != here for word in re.findall(r"\w+", path.read_text())}
    names = Counter(each.__name__ for each in refusals)
    met = words | {each.code for each in refusals if each.__name__ in words and names[each.__name__] == 1}
    unmet = {each.code for each in refusals} - met
    assert not unmet, " ".join(sorted(unmet))


def test_a_refusal_is_written_down_by_its_code_and_never_by_its_words() -> None:
    class Odd(Refusal):
        code = "odd"

    assert (str(Odd("Marie is taken")), Odd("Marie is taken").answer["notice"]) == ("odd", "Marie is taken")
