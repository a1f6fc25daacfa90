"""Two people on one form: what another saved meanwhile stands beside what was typed, and nothing is overwritten in
silence.

The form carries the `revision` of what its writer has read; its service raises ChangedMeanwhile where that is no longer
what is kept; the page shows both (`common/components/_changed_meanwhile.html`), and saving once more is a decision.
"""

from collections.abc import Mapping
from datetime import datetime
from hashlib import blake2b
from typing import Any

from django import forms
from django.http import HttpRequest, QueryDict

from common.differences import Piece, difference
from common.refusals import Refusal
from common.templatetags.ui import deadline


class ChangedMeanwhile(Refusal):
    """Somebody saved while this person was writing. Carries what is kept now."""

    code = "saved_meanwhile"

    def __init__(self, now: Any) -> None:
        super().__init__()
        self.now = now


def mark_of(*kept: object) -> str:
    """A revision of what has no number of its own: short, and the same for the same."""
    return blake2b(repr(kept).encode(), digest_size=8).hexdigest()


def sent_again(request: HttpRequest, revision: object) -> QueryDict:
    """What was typed, as written by somebody who has now read `revision`."""
    data = request.POST.copy()
    data["revision"] = str(revision)
    return data


def theirs_beside(form: forms.BaseForm, theirs: Mapping[str, Any]) -> list[tuple[str, list[Piece]]]:
    """By label, where what is kept now (`theirs`) is not what was typed into a form that was validated."""
    typed: dict[str, Any] = form.cleaned_data
    found = []
    for name, value in theirs.items():
        field = form.fields.get(name)
        if field is None or field.widget.is_hidden or typed.get(name, value) == value:
            continue
        before, after = _words(field, value), _words(field, typed[name])
        # A text is compared word by word; what stands in one line is read whole.
        is_text = isinstance(field.widget, forms.Textarea)
        pieces = difference(before, after) if is_text else [Piece("removed", before), Piece("added", after, gap=True)]
        found.append((str(field.label), [each for each in pieces if each.text]))
    return found


def _words(field: forms.Field, value: Any) -> str:
    if isinstance(field, forms.ChoiceField):
        return str(dict(field.choices).get(value, value))  # type: ignore[arg-type]  # ours are flat
    if isinstance(value, datetime):
        return deadline(value)
    if isinstance(value, list):
        return "\n".join(map(str, value))
    return str(value or "")
