"""What came back of campaigns, from a mailbox: `take_returned_mail FILE…`, `-` for one on the standard input.

For a mail server that hands messages over (`|manage.py take_returned_mail -`), or a folder that is emptied by a timer
(`--maildir`): what was read there is marked as seen, whatever it was.
"""

import mailbox
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from consultations.animation.services.returned import read_report, take_report


class Command(BaseCommand):
    help = "Read delivery reports and complaints about campaigns, and write to those addresses no more"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="*", help="Messages; - is the standard input")
        parser.add_argument("--maildir", help="A folder whose new messages are read, and marked as seen")

    def handle(self, *args: Any, **options: Any) -> None:
        taken = sum(_took(_read(name)) for name in options["files"])
        if options["maildir"]:
            folder = mailbox.Maildir(options["maildir"], create=False)
            for key in [key for key, message in folder.iteritems() if message.get_subdir() == "new"]:
                taken += _took(folder.get_bytes(key))
                message = folder[key]
                message.set_subdir("cur")
                message.add_flag("S")
                folder[key] = message
        self.stdout.write(f"{taken} reports taken")


def _read(name: str) -> bytes:
    return sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()


def _took(raw: bytes) -> bool:
    report = read_report(raw)
    return report is not None and take_report(report, at=timezone.now())
