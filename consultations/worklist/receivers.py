"""The demonstration city has a list of this week from the first."""

from datetime import datetime
from typing import Any

from consultations.portal.events import demonstration_filled
from consultations.worklist.services.monday import make_list


def connect() -> None:
    demonstration_filled.connect(_filled, dispatch_uid="worklist: demonstration")


def _filled(sender: object, signal: object, at: datetime, **payload: Any) -> None:
    make_list(at=at)
