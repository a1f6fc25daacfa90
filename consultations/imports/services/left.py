"""Lines that are not taken, as they stand in their files, with why: to be corrected there, and sent again.

On the disk until all is read: there may be as many as there are lines.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from tempfile import SpooledTemporaryFile
from typing import IO, Any, cast

from django.utils.translation import gettext as _

from common.sheets import write_csv
from common.text import in_figures
from consultations.imports.reading import Job
from consultations.imports.rows import LEFT_LINE, LEFT_WHY
from consultations.participation.import_lines import Given

_IN_MEMORY = 4 << 20
# Of all files together: what unpacks to hundreds of megabytes of nothing would fill the disk.
MOST = 50_000_000


def _file() -> IO[bytes]:
    return cast(IO[bytes], SpooledTemporaryFile(_IN_MEMORY))


@dataclass
class Left:
    job: Job
    kept: dict[str, IO[bytes]] = field(default_factory=dict)
    columns: dict[str, dict[str, None]] = field(default_factory=dict)  # by file, those that the table itself has not
    size: int = 0
    more: int = 0

    def add(self, given: Given, reason: str) -> None:
        if self.size > MOST:
            self.more += 1
            return
        name = given.file or self.job.files[0].name
        cells = given.cells or {_("Content"): given.raw.decode("utf-8", "replace").strip()}
        self.columns.setdefault(name, {}).update(dict.fromkeys(cells))
        line = json.dumps([given.number, reason, dict(cells)]).encode() + b"\n"
        self.size += self.kept.setdefault(name, _file()).write(line)

    def files(self) -> Iterator[tuple[str, IO[bytes]]]:
        """Of each file that has some: its name, and a table with its columns, then where each line stood and why."""
        ours = [str(LEFT_LINE), str(LEFT_WHY)]
        for name in self.kept:
            table = next((each for each in self.job.tables if each.name == name), None)
            named = {**dict.fromkeys(table.columns if table else []), **self.columns[name]}
            columns = [each for each in named if each not in ours]
            content = _file()
            write_csv(content, [*columns, *ours], self._rows(name, columns))
            content.seek(0)
            yield name, content

    def _rows(self, name: str, columns: list[str]) -> Iterator[list[Any]]:
        kept = self.kept[name]
        kept.seek(0)
        for line in kept:
            number, reason, cells = json.loads(line)
            yield [*(cells.get(each, "") for each in columns), number, reason]
        if self.more:
            said = _("%(count)s more lines are not in this file.") % {"count": in_figures(self.more)}
            yield [*[""] * len(columns), "", said]
