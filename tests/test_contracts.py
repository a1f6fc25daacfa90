"""Each import contract of pyproject.toml fails when it is broken: shown on the house's modules, made empty."""

import os
import re
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from common.apps import DECLARATIONS
from tests.test_layers import CONTRACTS, HEIGHT, LINTER, ROOT, folder_of

CONFIG = ROOT / "pyproject.toml"
PACKAGES = LINTER["root_packages"]
HOUSE = "The house"
STAGES = "Inside consultations"
ONBOARDING = "Onboarding announces"
INSIDE = "Inside an app"
DECLARED = "What an app declares"
DOMAIN = "The domain knows no HTTP API"
STRIPE = "Only billing.clients"
SCIENCE = "Only the methods of analysis"
COUNTING = "Votes are counted by plain Python"
# contract, who imports, what
BREAKS = [
    (HOUSE, "common.text", "accounts.models"),
    (HOUSE, "accounts.models", "notifications.registry"),
    (HOUSE, "notifications.models", "tenants.models"),
    (HOUSE, "tenants.models", "consultations.library.models"),
    (HOUSE, "tenants.services", "billing.services.plans"),
    (HOUSE, "tenants.tasks", "onboarding.queue"),
    (HOUSE, "consultations.framing.models", "billing.services.plans"),
    (HOUSE, "consultations.framing.models", "onboarding.models"),
    (HOUSE, "billing.services.plans", "consultations.framing.models"),
    (HOUSE, "onboarding.queue", "config.celery"),
    (STAGES, "consultations.screening.models", "consultations.library.enums"),
    (STAGES, "consultations.delegation.models", "consultations.library.enums"),
    (STAGES, "consultations.delegation.selectors", "consultations.screening.enums"),
    (STAGES, "consultations.library.models", "consultations.framing.enums"),
    (STAGES, "consultations.framing.models", "consultations.participation.enums"),
    (STAGES, "consultations.participation.models", "consultations.cocreation.enums"),
    (STAGES, "consultations.cocreation.models", "consultations.animation.apps"),
    (STAGES, "consultations.animation.apps", "consultations.portal.apps"),
    (ONBOARDING, "onboarding.models", "consultations.framing.enums"),
    (ONBOARDING, "onboarding.models", "consultations.surveys.models"),
    (INSIDE, "tenants.enums", "tenants.models"),
    (INSIDE, "consultations.framing.models", "consultations.framing.permissions"),
    (INSIDE, "consultations.framing.permissions", "consultations.framing.selectors"),
    (INSIDE, "consultations.library.selectors", "consultations.library.services"),
    (INSIDE, "accounts.services", "accounts.tasks"),
    (INSIDE, "accounts.tasks", "accounts.web"),
    (INSIDE, "consultations.framing.resident", "consultations.framing.backoffice"),
    (INSIDE, "consultations.participation.resident", "consultations.participation.panels"),
    (INSIDE, "consultations.surveys.models", "consultations.surveys.services"),
    (DECLARED, "tenants.services", "tenants.tables"),
    (DECLARED, "consultations.cocreation.exports", "consultations.participation.exports"),
    (DECLARED, "consultations.portal.apps", "consultations.surveys.panels"),
    (DOMAIN, "common.text", "rest_framework"),
    (DOMAIN, "accounts.permissions", "rest_framework"),
    (DOMAIN, "consultations.framing.models", "rest_framework"),
    (DOMAIN, "consultations.framing.selectors", "rest_framework"),
    (DOMAIN, "consultations.participation.services", "rest_framework"),
    (STRIPE, "onboarding.provisioning", "stripe"),
    (STRIPE, "billing.services", "stripe"),
    (SCIENCE, "consultations.analysis.apps", "numpy"),
    (SCIENCE, "consultations.framing.selectors", "sklearn"),
    (COUNTING, "consultations.voting.counting.rules", "django"),
    (COUNTING, "consultations.voting.counting.pabulib", "common.text"),
]
ALLOWED = [
    ("onboarding.models", "consultations.library.models"),
    ("accounts.mail", "accounts.tasks"),
    ("billing.clients", "stripe"),
    ("billing.services", "billing.clients"),
    ("consultations.framing.api", "rest_framework"),
    ("consultations.analysis.methods.groups", "scipy"),
]


def test_the_house_keeps_its_contracts() -> None:
    assert set(broken_by(*ALLOWED).values()) == {""}


def test_each_contract_fails_where_it_is_broken() -> None:
    found = broken_by(*ALLOWED, *(each[1:] for each in BREAKS))
    unsaid = []
    for contract, importer, imported in BREAKS:
        (said,) = (words for name, words in found.items() if name.startswith(contract))
        # Itself, and not as a part of a longer way.
        if not re.search(rf"^- +{re.escape(f'{importer} -> {imported}')} \(l\.\d+\)\n(?! {{4}})", said, re.M):
            unsaid.append(f"{contract}: {importer} -> {imported}")
    assert unsaid == []


def test_every_contract_is_tried() -> None:
    untried = [each["name"] for each in CONTRACTS if not each["name"].startswith(tuple(name for name, *_ in BREAKS))]
    assert untried == []


def test_every_declaration_is_protected() -> None:
    """But erasures: those are services, which others call; and abilities, which all ask."""
    (protected,) = (each["protected_modules"] for each in CONTRACTS if each["name"].startswith(DECLARED))
    patterns = [re.compile(each.replace(".", r"\.").replace("*", r"\w+")) for each in protected]
    declared = [
        f"{app}.{name}"
        for app in HEIGHT
        for name in DECLARATIONS
        if app != "common"
        and "erasure" not in name
        and name != "abilities"
        and (folder_of(app) / f"{name.replace('.', '/')}.py").exists()
    ]
    assert len(declared) > 20
    assert [each for each in declared if not any(pattern.fullmatch(each) for pattern in patterns)] == []


def broken_by(*imports: tuple[str, str]) -> dict[str, str]:
    """What each contract has to say of the house's empty modules with these imports; nothing where it is kept."""
    with TemporaryDirectory() as folder:
        root = Path(folder)
        for package in PACKAGES:
            base = ROOT / "platform" if (ROOT / "platform" / package).is_dir() else ROOT
            for path in sorted((base / package).rglob("*.py")):
                _module(root, ".".join(path.relative_to(base).with_suffix("").parts))
        for importer, imported in imports:
            if "." in imported:
                _module(root, imported)
            with _module(root, importer).open("a") as file:
                file.write(f"import {imported}\n")
        done = subprocess.run(
            [sys.executable, Path(sys.executable).parent / "lint-imports", "--no-cache", "--config", CONFIG],
            cwd=root,
            env={**os.environ, "PYTHONPATH": f"{root}:{root / 'platform'}", "COLUMNS": "1000", "NO_COLOR": "1"},
            capture_output=True,
            text=True,
        )
    report = done.stdout.rpartition("Broken contracts")[2] if done.returncode else ""
    found = {}
    for contract in CONTRACTS:
        assert contract["name"] in done.stdout, done.stdout + done.stderr
        said = re.search(rf"^{re.escape(contract['name'])}\n-+\n(.*?)(?=^-{{5,}}$|\Z)", report, re.M | re.S)
        found[contract["name"]] = said[1] if said else ""
    return found


def _module(root: Path, name: str) -> Path:
    """The file of a module, made with its packages where it is not there yet."""
    *packages, last = name.split(".")
    folder = root / "platform" if (ROOT / "platform" / name.split(".")[0]).is_dir() else root
    for package in packages:
        folder /= package
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "__init__.py").touch()
    path = folder / last / "__init__.py" if (folder / last).is_dir() else folder / f"{last}.py"
    path.touch()
    return path
