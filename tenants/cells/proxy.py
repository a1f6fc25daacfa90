"""One address in front of several cells: which hosts the reverse proxy leads to which, as their databases say it now.

The first cell has all hosts that no line names: the public site, and cities that live there.
"""

import os
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path

from tenants.cells.checks import MoveRefused
from tenants.cells.elsewhere import Elsewhere
from tenants.cells.installation import key_check
from tenants.enums import LifecycleState
from tenants.models import Domain, Installation, Municipality

_HOST = re.compile(r"[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})+")
_ADDRESS = re.compile(r"[A-Za-z0-9.\[\]:-]+:\d{1,5}")
_HEADER = "# Written by `manage.py cell_map`: which hosts live in which other cell.\n"


def hosts_of_cells(
    cells: Mapping[str, Elsewhere], *, present: Mapping[str, str], forget: bool = False
) -> dict[str, str]:
    """Host → address of its cell, of all but the present installation's. Raises MoveRefused where two have it, and
    where a city would be lost that lives in a cell which is not named, unless that is wanted (`forget`).
    """
    found: dict[str, str] = {}
    gone = set(_moved_away())
    for address, there in [("", None), *cells.items()]:
        if address and not _ADDRESS.fullmatch(address):
            raise MoveRefused(f"« {address} » is no address such as web-2:8000.")
        with there() if there else nullcontext():
            if there and not Installation.objects.filter(key_check=key_check()).exists():
                raise MoveRefused(f"{address}: its database is of no cell of this service.")
            for host in _hosts():
                if host in found:
                    raise MoveRefused(f"{host} lives in two cells: nothing was written.")
                found[host] = address
            if there:
                there_now = Municipality.objects.filter(moved_at=None).exclude(ready_at=None)  # deleted there, too
                gone -= set(there_now.values_list("schema_name", flat=True))
    if not forget:
        _refuse_to_lose(gone, [host for host, cell in present.items() if host not in found and cell not in cells])
    return {host: address for host, address in sorted(found.items()) if address}


def _moved_away() -> Iterable[str]:
    moved = Municipality.objects.exclude(moved_at=None).exclude(state=LifecycleState.DELETED)
    return moved.order_by("pk").values_list("schema_name", flat=True)


def _refuse_to_lose(moved: Collection[str], hosts: Sequence[str]) -> None:
    if moved:
        names = Municipality.objects.filter(schema_name__in=moved).order_by("pk").values_list("slug", flat=True)
        raise MoveRefused(
            f"« {names[0]} » has moved away and is in no cell that was named ({len(moved)} such): nothing was written."
            " Name every cell with --cell, or say --forget."
        )
    if hosts:
        raise MoveRefused(
            f"{hosts[0]} is in the map and in no cell that was named ({len(hosts)} such): nothing was written."
            " Name every cell with --cell, or say --forget."
        )


def read_map(file: Path) -> dict[str, str]:
    """Host → address, as the file says it; nothing where there is none."""
    if not file.exists():
        return {}
    lines = [line.split() for line in file.read_text().splitlines() if not line.startswith("#")]
    return {line[0]: line[1] for line in lines if len(line) == 2}


def _hosts() -> Iterable[str]:
    living = Municipality.objects.ready().order_by()
    hosts = Domain.objects.filter(tenant__in=living).order_by("domain").values_list("domain", flat=True)
    return [host for host in hosts if _HOST.fullmatch(host)]


def write_map(file: Path, hosts: Mapping[str, str]) -> bool:
    """Whole or not at all; false where it says the same already."""
    text = _HEADER + "".join(f"{host} {address}\n" for host, address in hosts.items())
    if file.exists() and file.read_text() == text:
        return False
    unfinished = file.with_name(f".{file.name}.{os.getpid()}")
    unfinished.write_text(text)
    unfinished.replace(file)
    return True
