"""What keeps a consultation as it is: each app says its own, in its `keeping.py`.

Whatever moves an end asks once it has moved it, in its transaction: what is refused has changed nothing.
"""

from collections.abc import Callable
from datetime import datetime

from consultations.framing.models import Consultation

_Dates = Callable[[Consultation, datetime], None]
_Used = Callable[[Consultation], bool]
_dates: list[_Dates] = []
_used: list[_Used] = []


def keeps_dates(check: _Dates) -> _Dates:
    """Register what raises a Refusal where the dates as they now are do not leave it what it needs, or makes of it what
    they allow.
    """
    _dates.append(check)
    return check


def keeps_open(is_used: _Used) -> _Used:
    """Register what says whether people have taken part: then nobody closes it again as if it had not opened."""
    _used.append(is_used)
    return is_used


def refuse_kept(consultation: Consultation, *, at: datetime) -> None:
    """Raises what an app refuses."""
    for check in _dates:
        check(consultation, at)


def is_kept_open(consultation: Consultation) -> bool:
    return any(is_used(consultation) for is_used in _used)
