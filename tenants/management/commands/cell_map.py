"""The reverse proxy's map: `cell_map cells/hosts.map --cell web-2:8000 postgresql://territoires@db-2/territoires`."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError

from tenants.cells.checks import MoveRefused
from tenants.cells.elsewhere import Elsewhere, NotADatabase
from tenants.cells.proxy import hosts_of_cells, read_map, write_map


class Command(BaseCommand):
    help = (
        "Write which hosts live in which other cell, as deploy/Caddyfile reads it. Run it in the first cell, after "
        "each move and each change of addresses (every minute does no harm); then reload the proxy if it says so."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--cell", nargs=2, action="append", default=[], metavar=("ADDRESS", "DATABASE_URL"),
            help="Another cell: where its application listens, and its database. Name every one.",
        )  # fmt: skip
        parser.add_argument(
            "--forget", action="store_true",
            help="Write the map even without cities that live in a cell which is not named.",
        )  # fmt: skip

    def handle(self, *args: Any, file: Path, cell: list[list[str]], forget: bool, **options: Any) -> None:
        if not cell and not forget:
            raise CommandError("No other cell was named: nothing was written. Name every cell with --cell.")
        cells: dict[str, Elsewhere] = {}
        try:
            for address, url in cell:
                cells[address] = Elsewhere(url)
            hosts = hosts_of_cells(cells, present=read_map(file), forget=forget)
            changed = write_map(file, hosts)
        except NotADatabase as problem:
            raise CommandError("A cell is an address and a DATABASE_URL of PostgreSQL.") from problem
        except MoveRefused as refusal:
            raise CommandError(str(refusal)) from refusal
        except OperationalError as problem:
            first = str(problem).strip().partition("\n")[0]
            raise CommandError(f"A cell does not answer, and nothing was written: {first}") from problem
        except OSError as problem:
            raise CommandError(f"{file}: {problem.strerror}.") from problem
        finally:
            for there in cells.values():
                there.close()
        said = "reload the proxy" if changed else "as before"
        counted = "1 host" if len(hosts) == 1 else f"{len(hosts)} hosts"
        self.stdout.write(f"{counted} in other cells: {said}.")
