"""One address in front of several cells: which hosts the reverse proxy leads to which, as their databases say it now.

The first cell has all hosts that no line names: the public site, and cities that live there.
"""

import os
import re
from collections.abc import Iterable, Mapping
from contextlib import nullcontext
from pathlib import Path

from tenants.cells.checks import MoveRefused
from tenants.cells.elsewhere import Elsewhere
from tenants.cells.installation import key_check
from tenants.models import Domain, Installation, Municipality

_HOST = re.compile(r"[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})+")
_ADDRESS = re.compile(r"[A-Za-z0-9.\[\]:-]+:\d{1,5}")
_HEADER = "# Written by `manage.py cell_map`: which hosts live in which other cell.\n"


def hosts_of_cells(cells: Mapping[str, Elsewhere]) -> dict[str, str]:
    """Host → address of its cell, of all but the present installation's. Raises MoveRefused where two have it."""
    found: dict[str, str] = {}
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
    return {host: address for host, address in sorted(found.items()) if address}


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
