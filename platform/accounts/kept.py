"""A form that was sent before its sender had proved who they are: kept in their session, to be sent once they have.

Nothing is lost by the detour (signing in anew, a second factor, a fresh proof), and nothing is done without a press:
the page "account_kept_form" says what would be done and shows all that was typed, to its sender and to nobody else.

A session may have more than one hand: another tab, or somebody who holds a copy of its cookie. So each kept form has a
name that cannot be guessed and travels with its own detour only: whoever proves who they are comes to the form that
asked them to, whatever else was sent meanwhile. The proof gives the session a new key, and the form of this detour
alone can still be sent; the others are left to be read.
"""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.forms import BooleanField, Form
from django.http import HttpRequest
from django.utils.translation import gettext

_KEY = "kept_forms"
_FEW = 5
_MAX = 100_000  # signs, of all together; what is longer would weigh on every later request
_SECONDS = 3600


@dataclass(frozen=True)
class SensitiveAction:
    """What a form does, in words: "Remove somebody from the team".

    `form` knows the labels of what is typed; `about` says of whom or what, from the arguments of the view.
    """

    label: Any
    form: type[Form] | None = None
    about: Callable[..., str] | None = None


@dataclass(frozen=True)
class KeptForm:
    """`typed`: label and value of all that was filled in. `is_whole`: not where it was too long to be kept;
    `had_files`: files must be chosen again. `may_be_sent`: not after a proof that was another form's.
    """

    nonce: str
    label: str
    about: str
    typed: list[tuple[str, str]]
    path: str
    fields: list[tuple[str, str]]
    is_whole: bool
    had_files: bool
    may_be_sent: bool


def keep_form(
    request: HttpRequest,
    *,
    user_id: int,
    action: SensitiveAction | None = None,
    arguments: dict[str, Any] | None = None,
) -> str:
    """Keep what was posted, for this person, beside the few that were kept before. Its name, for the way back."""
    fields = [
        (name, value) for name, values in request.POST.lists() for value in values if name != "csrfmiddlewaretoken"
    ]
    is_whole = _weight(fields) <= _MAX
    nonce = secrets.token_urlsafe(16)
    forms = {
        **_all(request),
        nonce: {
            "user": user_id,
            "session": request.session.session_key,
            "path": request.get_full_path(),
            "fields": fields if is_whole else [],
            "label": str(action.label) if action else "",
            "about": action.about(**(arguments or {})) if action and action.about else "",
            "typed": _labelled(fields, action.form) if is_whole and action and action.form else None,
            "is_whole": is_whole,
            "had_files": bool(request.FILES),
            "at": time.time(),
        },
    }
    while len(forms) > _FEW or sum(_weight(each["fields"]) for each in forms.values()) > _MAX:
        del forms[next(iter(forms))]  # the oldest
    request.session[_KEY] = forms
    return nonce


def kept_form(request: HttpRequest, nonce: str) -> KeptForm | None:
    """The form of that name, if this person sent it within the last hour and it was not done."""
    kept = _all(request).get(nonce)
    if not kept or kept["user"] != request.user.pk or kept["at"] < time.time() - _SECONDS:
        return None
    fields = [(name, value) for name, value in kept["fields"]]
    return KeptForm(
        nonce=nonce,
        label=kept["label"],
        about=kept["about"],
        typed=kept["typed"] or [("", value) for _name, value in fields if value.strip()],
        path=kept["path"],
        fields=fields,
        is_whole=kept["is_whole"],
        had_files=kept["had_files"],
        may_be_sent=kept["is_whole"] and kept["session"] == request.session.session_key,
    )


def forget_kept_form(request: HttpRequest, nonce: str) -> None:
    request.session[_KEY] = {name: kept for name, kept in _all(request).items() if name != nonce}


def change_key(request: HttpRequest, *, leads_to: str) -> None:
    """Give the session a new key after a proof: whoever holds a copy of its cookie shares nothing of what was shown.

    `leads_to` is the page that asked for the proof: of the forms that were kept under the former key, the one that it
    names can be sent under this one.
    """
    request.session.cycle_key()
    forms = _all(request)
    for nonce, kept in reversed(forms.items()):
        if nonce in leads_to:
            kept["session"] = request.session.session_key
            leads_to += kept["path"]  # it may itself lead back to one that was kept before
    if forms:
        request.session[_KEY] = forms


def _all(request: HttpRequest) -> dict[str, dict[str, Any]]:
    return dict(request.session.get(_KEY, {}))


def _weight(fields: list[tuple[str, str]]) -> int:
    return sum(len(name) + len(value) for name, value in fields)


def _labelled(fields: list[tuple[str, str]], form: type[Form]) -> list[tuple[str, str]]:
    """What was filled in, as its page shows it: with the labels of its fields and the words of its choices."""
    typed = []
    for name, value in fields:
        field = form.base_fields.get(name.rpartition("-")[2])  # whatever its prefix
        if field is None or not value.strip():
            continue
        choices = {str(code): str(words) for code, words in getattr(field, "choices", ())}
        words = gettext("Yes") if isinstance(field, BooleanField) else choices.get(value, value)
        typed.append((str(field.label or ""), words))
    return typed
