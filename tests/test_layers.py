"""Low layers name nothing that high ones have, in strings either: no table, no address, no template (contracts in
pyproject.toml see imports only)."""

import ast
import re
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

from tests.support.addresses import addresses

ROOT = Path(__file__).resolve().parents[1]
LINTER = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
CONTRACTS = LINTER["contracts"]
# Addresses that belong to the frame of a site, whichever app answers them: every page may lead there. And the pages of
# objects that show several subjects: the model says where its own page is (`get_absolute_url`).
OF_THE_FRAME = {"home", "desk", "desk_subscription", "privacy", "legal_notices", "city_logo", "signup", "ops_fleet"} | {
    "service_privacy",
    "how_it_works",
    "challenge",
    "consultation",
    "consultation_proposals",
    "proposals",
    "preview",
    "preview_challenge",
}


def layers_of(name: str) -> list[set[str]]:
    """The lines of a contract, from the ground up; an app that is only planned is in brackets there."""
    lines = next(each["layers"] for each in CONTRACTS if each["name"].startswith(name))
    return [set(re.findall(r"[a-z]+", line)) for line in reversed(lines)]


def heights() -> dict[str, int]:
    found: dict[str, int] = {}
    for layer in layers_of("The house"):
        inner = layers_of("Inside consultations") if "consultations" in layer else []
        steps = [layer - {"consultations"}, *({f"consultations.{app}" for app in apps_} for apps_ in inner)]
        for step in steps:
            height = len(set(found.values()))
            found |= dict.fromkeys([app for app in step if apps.is_installed(app)], height)
    # One that the contract does not place yet stands on all that it has beside it, under the portal.
    new = {app for app in settings.INSTALLED_APPS if app.startswith("consultations.")} - found.keys()
    return found | dict.fromkeys(new, found["consultations.portal"])


HEIGHT = heights()


def above(app: str) -> set[str]:
    """Those on a higher line, and those that a contract forbids."""
    strict = [each for each in CONTRACTS if each["type"] == "forbidden" and app in each["source_modules"]]
    allowed = {line.split(" -> ")[1].removesuffix(".**") for each in strict for line in each.get("ignore_imports", [])}
    forbidden = [pattern for each in strict for pattern in each["forbidden_modules"]]
    return {
        other
        for other, height in HEIGHT.items()
        if height > HEIGHT[app] or (other not in allowed and any(fnmatch(other, each) for each in forbidden))
    }


def folder_of(app: str) -> Path:
    return Path(apps.get_app_config(app.rpartition(".")[2]).path)


def app_of(module: str) -> str:
    return next((app for app in HEIGHT if module == app or module.startswith(f"{app}.")), "")


TABLES = {model._meta.db_table: app_of(model.__module__) for model in apps.get_models()}
ADDRESSES = {
    each.name: app_of(each.pattern.callback.__module__)
    for urlconf in (settings.ROOT_URLCONF, settings.PUBLIC_SCHEMA_URLCONF)
    for each in addresses(urlconf)
    if each.name not in OF_THE_FRAME
}


def strings_of(source: str) -> Iterator[str]:
    """All string constants but docstrings."""
    tree = ast.parse(source)
    docs = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            yield node.value


def addresses_in(text: str, strings: list[str] | None) -> set[str]:
    """What a template leads to; or what a string of Python is the name of, if it is plain that it is one."""
    if strings is None:
        quoted = re.findall(r"""\{% url ["']([a-z_]+)["']|url_name (?:==|in) ["']([a-z_ ]+)["']""", text)
        return {name for names in quoted for each in names for name in each.split()}
    calls = re.findall(r"""\b(?:reverse|redirect|resolve_url|ask_who)\((?:request, )?["']([a-z_]+)["']""", text)
    return {*calls, *(each for each in strings_of(text) if "_" in each)}


def named_from_above(app: str, folder: Path) -> Iterator[tuple[str, str]]:
    higher = above(app)
    tables = {table for table, owner in TABLES.items() if owner in higher}
    labels = "|".join(each.rpartition(".")[2] for each in sorted(higher)) or "-"
    for path in sorted(folder.rglob("*")):
        if path.suffix not in (".py", ".html", ".txt") or {"migrations", "sets"} & set(path.parts):
            continue
        text = path.read_text()
        strings = list(strings_of(text)) if path.suffix == ".py" else None
        words = text if strings is None else "\n".join(strings)
        found = tables & set(re.findall(r"\w+", words))
        found |= {name for name in addresses_in(text, strings) if ADDRESSES.get(name) in higher}
        found |= set(re.findall(rf"\b(?:{labels})/[\w/]+\.(?:html|txt)", words))
        yield from ((str(path.relative_to(folder)), each) for each in sorted(found))


def test_the_layers_are_those_of_the_contracts() -> None:
    assert HEIGHT["common"] < HEIGHT["accounts"] < HEIGHT["tenants"] < HEIGHT["consultations.library"]
    assert HEIGHT["consultations.library"] < HEIGHT["consultations.framing"] < HEIGHT["onboarding"]
    assert "consultations.framing" in above("onboarding")
    assert "consultations.library" not in above("onboarding")
    assert set(HEIGHT) == {app for app in settings.INSTALLED_APPS if "." not in app or app.startswith("cons")} - {
        "allauth",
        "csp",
        "django_htmx",
        "django_tenants",
        "rest_framework",
    }


@pytest.mark.parametrize(
    ("name", "source", "said"),
    [
        ("x.py", 'QUIET = "a|participation_proposal"', "participation_proposal"),
        ("x.py", 'def f():\n    return redirect("proposal_new")', "proposal_new"),
        ("x.py", 'NAMES = {"desk_merge"}', "desk_merge"),
        ("x.html", "{% url 'desk_merge' %}", "desk_merge"),
        ("x.html", '{% if m.url_name == "proposal_new" %}', "proposal_new"),
        ("x.html", '{% include "participation/resident/_x.html" %}', "participation/resident/_x.html"),
        ("x.py", '"""As participation_proposal does."""', ""),
    ],
)
def test_what_is_named_is_found(tmp_path: Path, name: str, source: str, said: str) -> None:
    (tmp_path / name).write_text(source)
    assert [found for _path, found in named_from_above("common", tmp_path)] == ([said] if said else [])


@pytest.mark.parametrize("app", sorted(HEIGHT))
def test_no_layer_names_what_those_above_it_have(app: str) -> None:
    assert set(named_from_above(app, folder_of(app))) == set()
