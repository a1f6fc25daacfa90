"""A city moved into another installation's database: `move_city saran --to postgresql://territoires@db-2/territoires`."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError
from django.utils import timezone

from tenants.cells.checks import MoveRefused
from tenants.cells.elsewhere import Elsewhere, NotADatabase
from tenants.cells.moving import move, retire, undo
from tenants.models import Municipality


class Command(BaseCommand):
    help = (
        "Move a city, with its hosts, register, trail and bills, while it is used: it only reads for some seconds. "
        "Broken off anywhere, run it again, or with --undo. Then write the proxy's map (cell_map). --retire drops what "
        "stayed here."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug")
        parser.add_argument(
            "--to", required=True, help="DATABASE_URL of the other installation; password by PGPASSFILE."
        )
        parser.add_argument("--media", type=Path, help="Where the other installation keeps its files.")
        end = parser.add_mutually_exclusive_group()
        end.add_argument("--undo", action="store_true", help="End a move that is not done: the city stays here.")
        end.add_argument("--retire", action="store_true", help="Of a city that has moved: drop its former copy.")

    def handle(self, *args: Any, slug: str, to: str, media: Path | None, **options: Any) -> None:
        city = Municipality.objects.served().filter(slug=slug).first()
        if city is None:
            raise CommandError(f"No city has the address « {slug} ».")
        at = timezone.now()
        there = None
        try:
            there = Elsewhere(to)
            if options["undo"]:
                undo(city=city, there=there, at=at, say=self.stderr.write)
                self.stdout.write(f"{city.name} stays here, and people write.")
            elif options["retire"]:
                retire(city=city, there=there, at=at)
                self.stdout.write(f"{city.name}: what had stayed here is dropped.")
            else:
                done = move(city=city, there=there, media=media, at=at, say=self.stderr.write)
                said = done.figures
                self.stdout.write(
                    f"{city.name} lives in {done.other}: {said['rows']} rows, {said['public']} of public, "
                    f"held for {said['seconds']} s. Write the proxy's map now: manage.py cell_map"
                )
        except NotADatabase as problem:
            raise CommandError("--to is no address of a PostgreSQL database.") from problem
        except MoveRefused as refusal:
            raise CommandError(str(refusal)) from refusal
        except OperationalError as problem:
            first = str(problem).strip().partition("\n")[0]
            raise CommandError(f"A database does not answer ({first}). Run it again, or with --undo.") from problem
        finally:
            if there is not None:
                there.close()
