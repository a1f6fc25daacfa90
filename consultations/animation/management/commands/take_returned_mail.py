"""What came back of campaigns, from a mailbox: `take_returned_mail FILE…`, `-` for one on the standard input.

For a mail server that hands messages over (`|manage.py take_returned_mail -`), or a folder that is emptied by a timer
(`--maildir`): what was read there is marked as seen, whatever it was.
"""

import logging
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from consultations.animation.services.returned import Unreadable, read_report, take_report

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Read delivery reports and complaints about campaigns, and write to those addresses no more"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="*", help="Messages; - is the standard input")
        parser.add_argument("--maildir", help="A folder whose new messages are read, and marked as seen")

    def handle(self, *args: Any, **options: Any) -> None:
        taken = sum(_took(_read(name)) for name in options["files"])
        if options["maildir"]:
            folder = Path(options["maildir"])
            # By its files alone: to read one as a message may fail, and one that fails would hold up all the others.
            for each in sorted((folder / "new").iterdir()):
                taken += _took(each.read_bytes())
                each.rename(folder / "cur" / f"{each.name.partition(':')[0]}:2,S")
        self.stdout.write(f"{taken} reports taken")


def _read(name: str) -> bytes:
    return sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()


def _took(raw: bytes) -> bool:
    try:
        report = read_report(raw)
    except Unreadable:
        logger.warning("a returned message of %s bytes cannot be read: it is passed over", len(raw))
        return False
    return report is not None and take_report(report, at=timezone.now())
