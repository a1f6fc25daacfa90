"""Correcting a sheet: the same on the desk and by receipt."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from accounts.models import User
from common.meanwhile import ChangedMeanwhile, mark_of, sent_again, theirs_beside
from common.refusals import Refusal
from consultations.offline import selectors
from consultations.offline.forms import WordsForm
from consultations.offline.models import Entry
from consultations.offline.services import own


@dataclass(frozen=True)
class Corrected:
    form: WordsForm
    is_done: bool = False
    # What somebody else saved meanwhile, beside what was typed.
    conflict: dict[str, Any] | None = None

    @property
    def status(self) -> int:
        return 409 if self.conflict else 422 if self.form.errors else 200


def corrected(request: HttpRequest, entry: Entry, *, by: User | None, own_of: User | None = None) -> Corrected:
    words = selectors.words_now(entry)
    first = {**words, "revision": mark_of(words)}
    form = WordsForm(request.POST or None, initial=first, is_argument=entry.is_argument)
    if request.method != "POST" or not form.is_valid():
        return Corrected(form)
    try:
        own.correct(entry=entry, by=by, own=own_of, at=timezone.now(), **form.cleaned_data)
    except ChangedMeanwhile as meanwhile:
        again = WordsForm(sent_again(request, mark_of(meanwhile.now)), is_argument=entry.is_argument)
        again.is_valid()
        return Corrected(again, conflict={"fields": theirs_beside(again, meanwhile.now)})
    except Refusal as refusal:
        field = getattr(refusal, "field", "")
        form.add_error(field if field in form.fields else None, str(refusal.message))
        return Corrected(form)
    return Corrected(form, is_done=True)
