"""What an analysis is made of: each kind says how its inputs are gathered, and what is computed of them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from consultations.analysis.models import AnalysisRun
from consultations.framing.models import Consultation

# Whose worker alone loads the scientific libraries.
QUEUE = "analysis"


class Progress(Protocol):
    """Say how far it is, of a hundred. At least once a minute: whoever cancels waits for it."""

    def __call__(self, done: int) -> None: ...


class Tell(Protocol):
    """Put in the place of what was computed what may be told of it after the run `before`: a result, and what the next
    is compared with.
    """

    def __call__(
        self, before: AnalysisRun | None, computed: dict[str, Any], *, at: datetime
    ) -> tuple[dict[str, Any], dict[str, Any]]: ...


def _kept(run: AnalysisRun) -> None:
    """Nothing but its result is kept of it."""


@dataclass(frozen=True)
class Kind:
    """`gather` reads what it is made from, as values that JSON has: their digest says whether anything changed.
    `compute` takes these, asks no database, and gives values that JSON has; the same of the same. `keep` writes what
    else is to be kept, in the transaction that ends the run. `tell`, where two results tell more than each does.

    `version` is raised when the method changes.
    """

    version: int
    gather: Callable[[Consultation], Any]
    compute: Callable[[Any, Progress], dict[str, Any]]
    keep: Callable[[AnalysisRun], None] = _kept
    tell: Tell | None = None
