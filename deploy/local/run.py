"""`make run`: the whole platform on this machine, on the loopback only.

Environment: PORT (8000), DATABASE_URL and REDIS_URL (both replace the embedded server), STRIPE_SECRET_KEY and
STRIPE_WEBHOOK_SECRETS (of Stripe's test mode, which replaces the fake). State lives in
`.local/`, which may be deleted at any time (`make clean`).
"""

import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import ExitStack
from types import FrameType
from typing import IO, NoReturn

from deploy.local import catalogue
from deploy.local.children import Child, ChildError, stop_all
from deploy.local.services import (
    ROOT,
    Service,
    ServiceError,
    end_with_parent,
    start_postgres,
    start_valkey,
    tail,
)

STATE = ROOT / ".local"
LOGS = STATE / "logs"
# config.settings.dev reads it, so that manage.py in another terminal talks to this run.
ENVIRONMENT = STATE / "environment"
LOOPBACK = "127.0.0.1"
PUBLIC_HOST = "territoires.localhost"
READY_WITHIN_SECONDS = 120
# Of the fake Stripe, which only this machine reaches.
STRIPE_KEY, STRIPE_SECRET = "sk_test_fake_local", "whsec_local"


class RunError(Exception):
    """Why it cannot run, in words for the person at the keyboard."""


class Supervisor:
    """What has been started, so that it can be stopped whenever that is asked."""

    def __init__(self) -> None:
        self.children: list[Child] = []
        self.services: list[Service] = []
        self.ending_since: float | None = None

    def listen_for_the_end(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._end)

    def _end(self, number: int, frame: FrameType | None) -> None:
        now = time.monotonic()
        if self.ending_since is None:
            self.ending_since = now
            raise KeyboardInterrupt
        # `make` passes on a signal that its group, and so we, had already: that is not a second Ctrl-C.
        if now - self.ending_since > 1:
            self._end_now()

    def _end_now(self) -> NoReturn:
        for child in self.children:
            child.signal(signal.SIGKILL)
        for service in self.services:
            service.process.send_signal(service.polite_signals[-1])
        ENVIRONMENT.unlink(missing_ok=True)
        os._exit(130)

    def begin(self, name: str, arguments: list[str], environment: dict[str, str]) -> None:
        log = LOGS / f"{name}.log"
        log.write_bytes(b"")
        child = Child(name, [sys.executable, "-m", *arguments], environment, log)
        self.children.append(child)
        child.start()

    def watch(self) -> NoReturn:
        while True:
            self.check()
            time.sleep(0.5)

    def check(self) -> None:
        for service in self.services:
            if not service.is_alive():
                raise RunError(f"{type(service).__name__} stopped by itself. {service.log}:\n{tail(service.log)}")
        for child in self.children:
            child.restart_if_dead()

    def stop(self) -> None:
        self.ending_since = self.ending_since or time.monotonic()
        stop_all(self.children)
        for service in reversed(self.services):
            service.stop()
        ENVIRONMENT.unlink(missing_ok=True)


def main() -> int:
    supervisor = Supervisor()
    supervisor.listen_for_the_end()
    with ExitStack() as stack:
        try:
            port = _asked_port()
            stack.enter_context(_only_one_run())
            _refuse_a_taken_port(port)
            stack.callback(supervisor.stop)
            _run(supervisor, port)
        except KeyboardInterrupt:
            print("\nStopping… (Ctrl-C again to stop at once)", flush=True)
            return 0
        except (RunError, ChildError, ServiceError) as reason:
            print(f"\n{reason}", file=sys.stderr, flush=True)
            return 1


def _run(supervisor: Supervisor, port: int) -> NoReturn:
    started = time.monotonic()
    LOGS.mkdir(parents=True, exist_ok=True)
    smtp_port, mail_port = _free_port_from(1025), _free_port_from(1080)
    stripe_port = None if os.environ.get("STRIPE_SECRET_KEY") else _free_port_from(12111)
    environment = {
        "DJANGO_SETTINGS_MODULE": "config.settings.dev",
        "DATABASE_URL": os.environ.get("DATABASE_URL") or _start_database(supervisor),
        "REDIS_URL": os.environ.get("REDIS_URL") or _start_redis(supervisor),
        "PUBLIC_BASE_URL": f"http://{PUBLIC_HOST}:{port}",
        "EMAIL_URL": f"smtp://{LOOPBACK}:{smtp_port}",
        "STATE_DIR": str(STATE),
        **_stripe(stripe_port),
    }
    ENVIRONMENT.write_text("".join(f"{name}={value}\n" for name, value in environment.items()))
    # It may hold the password of a DATABASE_URL that was given, and a key of Stripe.
    ENVIRONMENT.chmod(0o600)
    everything = {
        **os.environ,
        **environment,
        "PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}",
        "PYTHONUNBUFFERED": "1",
    }

    programs = _programs(port, smtp_port, mail_port, stripe_port)
    if stripe_port:
        # The demonstration city buys from it.
        supervisor.begin("stripe", programs.pop("stripe"), everything)
    catalogue.compile_all()
    # They import on one core while the database is prepared on the other.
    for name in ("web", "mail"):
        supervisor.begin(name, programs.pop(name), everything)
    if stripe_port:
        _wait_until_ready(supervisor, f"http://{LOOPBACK}:{stripe_port}/_fake/", log="stripe")
    print("Bringing the database up to date, filling the demonstration city…", flush=True)
    _manage(["prepare", "load_demo --billing" if stripe_port else "load_demo"], everything)

    print("Starting the workers and the scheduler…", flush=True)
    for name, arguments in programs.items():
        supervisor.begin(name, arguments, everything)
    _wait_until_ready(supervisor, f"http://{LOOPBACK}:{port}/readyz", log="web")
    _welcome(port, mail_port, stripe_port, time.monotonic() - started)
    supervisor.watch()


# Before anything starts


def _asked_port() -> int:
    text = os.environ.get("PORT") or "8000"
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 65536:
        raise RunError(f"PORT must be a number from 1 to 65535, not {text!r}.")
    return int(text)


def _only_one_run() -> IO[str]:
    STATE.mkdir(exist_ok=True)
    lock = (STATE / "run.lock").open("a+")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.seek(0)
        raise RunError(
            f"The platform is already running from this folder (process {lock.read().strip()}): "
            "use it, or stop it first."
        ) from None
    lock.truncate(0)
    lock.write(f"{os.getpid()}\n")
    lock.flush()
    return lock


def _refuse_a_taken_port(port: int) -> None:
    try:
        free = _is_free(port)
    except PermissionError:
        raise RunError(f"Port {port} is reserved to the administrator: try `make run PORT=8000`.") from None
    if not free:
        raise RunError(f"Port {port} is already taken by another program: try `make run PORT={port + 1}`.")


def _is_free(port: int) -> bool:
    with socket.socket() as visitor:
        # macOS lets us bind beside a server that listens on every address.
        if visitor.connect_ex((LOOPBACK, port)) == 0:
            return False
    with socket.socket() as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            server.bind((LOOPBACK, port))
        except PermissionError:
            raise
        except OSError:
            return False
    return True


def _free_port_from(port: int) -> int:
    while not _is_free(port):
        port += 1
    return port


# Starting


def _start_database(supervisor: Supervisor) -> str:
    print("Starting PostgreSQL…", flush=True)
    postgres = start_postgres(STATE / "postgres")
    supervisor.services.append(postgres)
    return postgres.url


def _start_redis(supervisor: Supervisor) -> str:
    print("Starting Valkey…", flush=True)
    valkey = start_valkey(STATE / "valkey")
    supervisor.services.append(valkey)
    return valkey.url


def _manage(commands: list[str], environment: dict[str, str]) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "deploy.local.prepare", *commands],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        # Ctrl-C is for us: the command is then asked to end, without its traceback on the screen.
        start_new_session=True,
        preexec_fn=lambda: end_with_parent(signal.SIGTERM),
    )
    try:
        status = process.wait()
    except KeyboardInterrupt:
        process.terminate()
        process.wait()
        raise
    if status != 0:
        raise RunError(f"{' or '.join(f'`manage.py {each}`' for each in commands)} failed, for the reason just above.")


def _stripe(port: int | None) -> dict[str, str]:
    """What the platform must know of Stripe: where the fake listens, or the real keys that were given."""
    if port is None:
        given = {name: os.environ.get(name, "") for name in ("STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRETS")}
        return {**given, "STRIPE_API_BASE": ""}
    return {
        "STRIPE_SECRET_KEY": STRIPE_KEY,
        "STRIPE_WEBHOOK_SECRETS": STRIPE_SECRET,
        "STRIPE_API_BASE": f"http://{LOOPBACK}:{port}",
    }


def _programs(port: int, smtp_port: int, mail_port: int, stripe_port: int | None) -> dict[str, list[str]]:
    # As in production, but for what a developer waits for: a browser keeps its connections open.
    gunicorn = ["gunicorn", "-c", "python:config.web", "--chdir", str(ROOT), "--bind", f"{LOOPBACK}:{port}"]
    gunicorn += ["--reload", "--keep-alive", "2", "--graceful-timeout", "3"]
    celery = ["celery", "-A", "config.celery"]
    worker = [*celery, "worker", "-l", "INFO", "--without-gossip", "--without-mingle"]
    mail = ["sendria", "--foreground", "--no-quit", "--db", str(STATE / "mail.sqlite")]
    mail += ["--smtp-ip", LOOPBACK, "--smtp-port", str(smtp_port)]
    mail += ["--http-ip", LOOPBACK, "--http-port", str(mail_port)]
    stripe = ["deploy.local.fake_stripe", "--port", str(stripe_port), "--key", STRIPE_KEY]
    stripe += ["--webhook-secret", STRIPE_SECRET, "--webhook-url", f"http://{PUBLIC_HOST}:{port}/stripe/webhook/"]
    stripe += ["--state", str(STATE / "stripe.json")]
    return {
        **({"stripe": stripe} if stripe_port else {}),
        "web": gunicorn,
        "worker": [*worker, "-c", "2", "-n", "worker@%h"],
        # Only makes cities: mails and nightly jobs never keep it.
        "provisioner": [*worker, "-c", "1", "-Q", "provisioning", "-n", "provisioner@%h"],
        # Loads the scientific libraries, which the others do not.
        "analyst": [*worker, "-c", "1", "-Q", "analysis", "-n", "analyst@%h"],
        # Waits for other sites, a thread for each city.
        "messenger": [*worker, "-P", "threads", "-c", "4", "-Q", "webhooks", "-n", "messenger@%h"],
        # Campaigns: codes and news never wait behind them.
        "postman": [*worker, "-P", "threads", "-c", "2", "-Q", "campaigns", "-n", "postman@%h"],
        "scheduler": [*celery, "beat", "-l", "INFO", "-s", str(STATE / "beat"), "--pidfile", ""],
        "mail": mail,
    }


def _wait_until_ready(supervisor: Supervisor, address: str, *, log: str) -> None:
    deadline = time.monotonic() + READY_WITHIN_SECONDS
    # Nothing between us and the loopback, whatever proxy the environment names.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while time.monotonic() < deadline:
        supervisor.check()
        try:
            opener.open(address, timeout=5).close()
            return
        except OSError:
            time.sleep(0.2)
    said = LOGS / f"{log}.log"
    raise RunError(f"{address} was not ready within {READY_WITHIN_SECONDS} s. {said}:\n{tail(said)}")


def _welcome(port: int, mail_port: int, stripe_port: int | None, seconds: float) -> None:
    city = f"http://saran.{PUBLIC_HOST}:{port}"
    fake = f"a fake, at http://{LOOPBACK}:{stripe_port}/_fake/ (no key is set: no money moves)"
    stripe = fake if stripe_port else "the one whose key is set"
    print(
        f"""
Ready in {seconds:.0f} s.

  Public site         http://{PUBLIC_HOST}:{port}/
  Demonstration city  {city}/
  Its back office     {city}/gestion/
  Operators           http://{PUBLIC_HOST}:{port}/ops/
  Mail sent           http://{LOOPBACK}:{mail_port}/
  Stripe              {stripe}

  Sign in: `make login` in another terminal prints one-time links.
  Logs: {LOGS.relative_to(ROOT)}/   Stop: Ctrl-C
""",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())
