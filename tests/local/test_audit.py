"""The audit says what it found, what it could not look up, and why; the bill of materials is the lock's."""

import json

import pytest
from cyclonedx.output.json import JsonV1Dot6

from deploy.local.audit import LOCK, bill_of_materials, verdict

KNOWN = {"name": "django", "version": "5.2.0", "vulns": []}
VULNERABLE = {"name": "pillow", "version": "1.0", "vulns": [{"id": "CVE-2026-1", "fix_versions": ["1.1"]}]}
UNKNOWN = {"name": "amqp", "skip_reason": "Dependency not found on PyPI"}


def printed(*packages: object) -> str:
    return json.dumps({"dependencies": packages})


@pytest.mark.parametrize(
    ("output", "complaints", "status", "says"),
    [
        (printed(KNOWN), "", 0, "1 packages looked up, 0 known vulnerabilities"),
        (printed(KNOWN, VULNERABLE), "", 1, "VULNERABLE: pillow 1.0: CVE-2026-1, mended in 1.1"),
        (printed(KNOWN, UNKNOWN), "", 0, "NOT looked up: amqp"),
        (printed(UNKNOWN), "No known vulnerabilities found", 0, "SKIPPED"),
        ("", "ERROR:pip_audit: ConnectionError: nobody there", 0, "SKIPPED"),
        ("", "ERROR:pip_audit: requirement has no hash", 1, "FAILED to run"),
        ("", "", 1, "FAILED to run"),
    ],
)
def test_nothing_that_was_not_looked_up_passes_for_sound(output: str, complaints: str, status: int, says: str) -> None:
    result, sentences = verdict(output, complaints)
    assert result == status
    assert says in "\n".join(sentences)


def test_the_bill_of_materials_has_every_pinned_package_with_its_hashes() -> None:
    bill = json.loads(JsonV1Dot6(bill_of_materials(LOCK)).output_as_string())
    pinned = {line.split("==")[0] for line in LOCK.read_text().splitlines() if "==" in line and line[0].isalnum()}
    assert {each["name"] for each in bill["components"]} == pinned
    assert all(each["hashes"] and each["purl"].startswith("pkg:pypi/") for each in bill["components"])
    assert bill["bomFormat"] == "CycloneDX"
