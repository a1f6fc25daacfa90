"""A city as a file from which it can be put back: `dump_city saran saran.city`; back with `restore_city saran.city`."""

import os
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.audit import record
from common.cities import city_named
from tenants.dumps import DumpRefused, write_dump


class Command(BaseCommand):
    help = (
        "Write a city into one file: its tables, files and rows of the register, all of the same moment, while it is "
        "used. It holds everything about everybody there, and the secrets of second factors (apps, recovery codes) in "
        "clear: encrypt it before it leaves the machine. No session, no sign-in link, and no mail that waits. Noted in "
        "the trail."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, slug: str, file: Path, **options: Any) -> None:
        city = city_named(slug)
        # Whole or not at all, and nobody else's to read.
        unfinished = file.with_name(f"{file.name}.{os.getpid()}")
        try:
            with open(os.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as target:
                written = write_dump(municipality=city, target=target, at=timezone.now())
                target.flush()
                os.fsync(target.fileno())
            unfinished.replace(file)
        except DumpRefused as refusal:
            raise CommandError(str(refusal)) from refusal
        except OSError as problem:
            raise CommandError(f"{file}: {problem.strerror}.") from problem
        finally:
            unfinished.unlink(missing_ok=True)
        record("city_dumped", actor=None, subject=city)
        self.stdout.write(
            f"{city.name}: {len(written.rows)} tables, {sum(written.rows.values())} rows, {written.files} files, "
            f"{file.stat().st_size:,} bytes in {file}"
        )
