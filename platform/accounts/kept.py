"""A form that was sent before its sender had proved who they are: kept in their session, to be sent once they have.

Nothing is lost by the detour (signing in anew, a second factor, a fresh proof), and nothing is done without a press:
the page "account_kept_form" shows it again, to the person who sent it and to nobody else.
"""

import time
from dataclasses import dataclass

from django.http import HttpRequest

_KEY = "kept_form"
_MOST = 100_000  # signs; what is longer would weigh on every later request
_SECONDS = 3600


@dataclass(frozen=True)
class KeptForm:
    """`is_whole`: not where it was too long to be kept; `had_files`: files must be chosen again."""

    path: str
    fields: list[tuple[str, str]]
    is_whole: bool
    had_files: bool

    @property
    def words(self) -> list[str]:
        """What a person typed, without the codes that a form carries."""
        return list(dict.fromkeys(value.strip() for _name, value in self.fields if " " in value.strip()))


def keep_form(request: HttpRequest, *, user_id: int) -> None:
    """Keep what was posted, for this person. The latest one only."""
    fields = [
        (name, value) for name, values in request.POST.lists() for value in values if name != "csrfmiddlewaretoken"
    ]
    is_whole = sum(len(name) + len(value) for name, value in fields) <= _MOST
    request.session[_KEY] = {
        "user": user_id,
        "path": request.get_full_path(),
        "fields": fields if is_whole else [],
        "is_whole": is_whole,
        "had_files": bool(request.FILES),
        "at": time.time(),
    }


def kept_form(request: HttpRequest) -> KeptForm | None:
    """The form that this person sent within the last hour and that was not done."""
    kept = request.session.get(_KEY)
    if not kept or kept["user"] != request.user.pk or kept["at"] < time.time() - _SECONDS:
        return None
    fields = [(name, value) for name, value in kept["fields"]]
    return KeptForm(kept["path"], fields, kept["is_whole"], kept["had_files"])


def forget_kept_form(request: HttpRequest) -> None:
    request.session.pop(_KEY, None)
