"""`make lint`: every static check, all of them even when one fails, so that one run says everything.

As many at once as there are cores: each uses one.
"""

import os
import secrets
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from config.examples import PAPERS, SELLER, SITE
from deploy.local.services import ROOT

BIN = Path(sys.executable).parent
PYTHON = sys.executable
CHECKS: dict[str, list[str]] = {
    "types": [PYTHON, "-m", "mypy"],  # the longest: begun first
    "format": [PYTHON, "-m", "ruff", "format", "--check", "."],
    "ruff": [PYTHON, "-m", "ruff", "check", "."],
    # It has no module to run.
    "imports": [PYTHON, str(BIN / "lint-imports")],
    "templates": [PYTHON, "-m", "djlint", "--lint", "--quiet", "."],
    "migrations": [PYTHON, "manage.py", "makemigrations", "--check", "--dry-run"],
    "catalogues": [PYTHON, "-m", "deploy.local.catalogue", "--check"],
    # Under the settings of production; each warning that is silenced there has its reason beside it.
    "deployment": [PYTHON, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
}
PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "config.settings.base",
    "SECRET_KEY": secrets.token_urlsafe(64),
    "PUBLIC_BASE_URL": "https://territoires.example",
    "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "TRUSTED_PROXIES": "1",
    "LEGAL_HOST_NAME": "Hébergeur",
    "LEGAL_HOST_ADDRESS": "1 rue de l’Exemple",
    "LEGAL_HOST_PHONE": "01 00 00 00 00",
    **SELLER,
    **SITE,
    **PAPERS,
}


def main() -> int:
    failed = []
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for name, (done, seconds) in zip(CHECKS, pool.map(_checked, CHECKS), strict=True):
            verdict = "ok" if done.returncode == 0 else "FAILED"
            print(f"{name:<12}{verdict:<8}{seconds:.1f} s", flush=True)
            if done.returncode != 0:
                failed.append(name)
                print(f"{done.stdout}{done.stderr}", flush=True)
    if failed:
        print(f"Failed: {', '.join(failed)}.")
    return 1 if failed else 0


def _checked(name: str) -> tuple[subprocess.CompletedProcess[str], float]:
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
        "PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}",
        # makemigrations looks at the database's history where there is one; here there is none.
        "PYTHONWARNINGS": "ignore:Got an error checking a consistent migration history:RuntimeWarning",
        **(PRODUCTION if name == "deployment" else {}),
    }
    started = time.monotonic()
    done = subprocess.run(CHECKS[name], cwd=ROOT, env=environment, text=True, capture_output=True)
    return done, time.monotonic() - started


if __name__ == "__main__":
    sys.exit(main())
