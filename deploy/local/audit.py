"""`make audit`: known vulnerabilities of what production runs, and its bill of materials (CycloneDX).

Both are about requirements/base.txt. The bill is made here, from the lock alone. What is known of vulnerabilities is
PyPI's: where it cannot be had (no network, a mirror without it) the audit says that it was skipped, and fails nobody.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL
from pip_requirements_parser import RequirementsFile

from deploy.local.services import ROOT

LOCK = ROOT / "requirements" / "base.txt"
BILL = ROOT / "build" / "sbom.json"
# For one answer, and for all of them.
PATIENCE, PATIENCE_FOR_ALL = 10, 180


def main() -> int:
    bill = bill_of_materials(LOCK)
    BILL.parent.mkdir(exist_ok=True)
    BILL.write_text(JsonV1Dot6(bill).output_as_string(indent=1))
    print(f"Bill of materials: {len(bill.components)} packages in {BILL.relative_to(ROOT)}", flush=True)
    status, sentences = verdict(*_asked())
    print("\n".join(sentences), flush=True)
    return status


def bill_of_materials(lock: Path) -> Bom:
    """What a lock pins: names, versions, and the hashes of their files."""
    bill = Bom()
    bill.metadata.component = Component(name="territoires-resilients", type=ComponentType.APPLICATION)
    for each in RequirementsFile.from_file(str(lock)).requirements:
        version = each.get_pinned_version
        hashes = [HashType(alg=HashAlgorithm.SHA_256, content=one.removeprefix("sha256:")) for one in _hashes(each)]
        address = PackageURL("pypi", name=each.name, version=version)
        bill.components.add(
            Component(name=each.name, version=version, purl=address, bom_ref=str(address), hashes=hashes)
        )
    bill.register_dependency(bill.metadata.component, bill.components)
    return bill


def _hashes(requirement: Any) -> list[str]:
    return [option.removeprefix("--hash=") for option in requirement.hash_options]


def _asked() -> tuple[str, str]:
    """What pip-audit prints, and what it complains about."""
    command = [sys.executable, "-m", "pip_audit", "-r", str(LOCK), "--require-hashes", "--disable-pip"]
    command += ["--format", "json", "--progress-spinner", "off", "--timeout", str(PATIENCE)]
    try:
        done = subprocess.run(command, cwd=ROOT, text=True, capture_output=True, timeout=PATIENCE_FOR_ALL)
    except subprocess.TimeoutExpired:
        return "", f"ConnectionError: no end after {PATIENCE_FOR_ALL} seconds"
    return done.stdout, done.stderr


def verdict(printed: str, complaints: str) -> tuple[int, list[str]]:
    """The status and what to say. Nothing that could not be looked up passes for looked up."""
    if not printed.strip():
        reason = (complaints.strip().splitlines() or ["it said nothing"])[-1]
        if any(word in complaints for word in ("ConnectionError", "ServiceError", "Timeout")):
            return 0, [f"Audit SKIPPED: what is known of vulnerabilities cannot be had here ({reason})."]
        return 1, [f"Audit FAILED to run: {reason}"]
    packages = json.loads(printed)["dependencies"]
    unknown = [each["name"] for each in packages if "skip_reason" in each]
    if len(unknown) == len(packages):
        return 0, ["Audit SKIPPED: what is known of vulnerabilities cannot be had here (PyPI has none of them)."]
    found = [
        f"VULNERABLE: {each['name']} {each['version']}: {flaw['id']}"
        + (f", mended in {', '.join(flaw['fix_versions'])}" if flaw["fix_versions"] else ", not mended yet")
        for each in packages
        for flaw in each.get("vulns", [])
    ]
    said = [f"Audit: {len(packages) - len(unknown)} packages looked up, {len(found)} known vulnerabilities."]
    if unknown:
        said.append(f"NOT looked up: {', '.join(sorted(unknown))}.")
    return (1 if found else 0), [*found, *said]


if __name__ == "__main__":
    sys.exit(main())
