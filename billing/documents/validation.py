"""Holds the XML of an invoice against the schema and the rules, in a process of its own (validator.py).

One process for each of ours that asks, started by the first question and kept; one question at a time. What could not
be checked is never right: whoever asks must let NotChecked stop the invoice.
"""

import atexit
import json
import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

from billing.documents.problems import Problem

_PROGRAM = Path(__file__).with_name("validator.py")
# Seconds for one answer: the first one waits for the start too.
PATIENCE = 30


class NotChecked(Exception):
    """The validator is absent, crashed, said nothing in time or nothing that makes sense. As text, which."""


class Validation:
    """A validator and the way to it. `program` and `patience` are for tests."""

    def __init__(self, *, program: Path = _PROGRAM, patience: float = PATIENCE) -> None:
        self._program, self._patience = program, patience
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._line: socket.socket | None = None
        self._owner = 0

    def problems(self, xml: bytes) -> list[Problem]:
        """Raises NotChecked; the process is then ended, and the next question starts another."""
        with self._lock:
            try:
                answer = self._ask(xml.decode())
                return [Problem(code, sentence) for code, sentence in answer["problems"]]
            except (OSError, ValueError, TypeError, KeyError) as problem:  # TimeoutError is an OSError
                self._end()
                raise NotChecked(type(problem).__name__) from problem

    def close(self) -> None:
        with self._lock:
            self._end()

    def _ask(self, xml: str) -> dict[str, list[list[str]]]:
        until = time.monotonic() + self._patience
        line = self._line_to_validator()
        line.settimeout(self._patience)
        line.sendall(json.dumps({"xml": xml}).encode() + b"\n")
        said = b""
        while not said.endswith(b"\n"):
            line.settimeout(max(until - time.monotonic(), 0.001))
            more = line.recv(65536)
            if not more:
                raise ConnectionError
            said += more
        answer: dict[str, list[list[str]]] = json.loads(said)
        return answer

    def _line_to_validator(self) -> socket.socket:
        is_ours = self._owner == os.getpid()  # a fork inherits what its parent started, and must not share it
        if is_ours and self._line and self._process and self._process.poll() is None:
            return self._line
        if is_ours:
            self._end()
        self._line, theirs = socket.socketpair()
        with theirs:
            # -I: nothing of our environment, folders or user changes what it imports.
            command = [sys.executable, "-I", str(self._program), str(theirs.fileno())]
            self._process = subprocess.Popen(  # noqa: S603 (a program of ours)
                command,
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={},
                cwd="/",
            )
        self._owner = os.getpid()
        return self._line

    def _end(self) -> None:
        if self._line:
            self._line.close()
        if self._process and self._owner == os.getpid():
            self._process.kill()
            self._process.wait()
        self._line = self._process = None


_validation = Validation()
atexit.register(_validation.close)


def rule_problems(xml: bytes) -> list[Problem]:
    """What the schema, EN 16931 and the rules of France have against this XML. Raises NotChecked."""
    return _validation.problems(xml)
