"""What a moderator would be shown of each line of a file: `screen FILE`, `screen - --json < FILE`."""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import psycopg
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from common.db import connection
from consultations.screening.flags import Flag
from consultations.screening.lexicon import Lexicon, packaged_lexicon
from consultations.screening.screening import flags_of
from consultations.screening.selectors import current_lexicon


class Command(BaseCommand):
    help = "Print the flags of each line of a text file: phone numbers, insults, advertising and so on."
    # It works in a fresh checkout, where no database runs.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="a text on each line, in UTF-8; - is standard input")
        parser.add_argument(
            "--json", action="store_true", help="print an array with an array of flags for each line, in their order"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        lexicon = _lexicon()
        flagged = [(line, flags_of(line, lexicon=lexicon)) for line in _lines(options["file"])]
        if options["json"]:
            self.stdout.write(_as_json([flags for _line, flags in flagged]))
        else:
            self._table(flagged)

    def _table(self, flagged: list[tuple[str, list[Flag]]]) -> None:
        for number, (_line, flags) in enumerate(flagged, start=1):
            for flag in flags:
                place = f"{flag.start}-{flag.end}"
                self.stdout.write(f"{number:>6}  {place:<11} {flag.kind:<12} {flag.reason:<36} {_one_line(flag.found)}")
        found = sum(bool(flags) for _line, flags in flagged)
        self.stdout.write(f"{len(flagged)} lines, {found} with flags")


def _lexicon() -> Lexicon:
    """The one of the database; where there is none, the one that comes with the software."""
    try:
        return current_lexicon() if _database_answers() else packaged_lexicon()
    except DatabaseError:  # one that is not prepared yet
        return packaged_lexicon()


def _database_answers() -> bool:
    """Asked once and briefly: the pool would try again for a while and say so."""
    settings = connection.settings_dict
    names = {"dbname": "NAME", "host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD"}
    try:
        psycopg.connect(
            **{name: settings[key] for name, key in names.items() if settings[key]}, connect_timeout=2
        ).close()
    except psycopg.Error:
        return False
    return True


def _lines(name: str) -> list[str]:
    try:
        content = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as problem:
        raise CommandError(f"The file cannot be read: {problem.strerror}") from problem
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        number = content.count(b"\n", 0, problem.start) + 1
        raise CommandError(f"Line {number} is not UTF-8: convert the file first.") from problem
    lines = text.replace("\r\n", "\n").split("\n")
    if lines[-1] == "":  # what ends a line begins none
        lines.pop()
    return lines


def _as_json(flagged: list[list[Flag]]) -> str:
    """A line for each text. Only ASCII, so that it can be printed anywhere."""
    return "[\n" + ",\n".join(json.dumps([asdict(flag) for flag in flags]) for flags in flagged) + "\n]"


def _one_line(found: str) -> str:
    shown = " ".join(found.split())
    return shown if len(shown) <= 60 else f"{shown[:59]}…"
