"""A form that makes something makes it once: it carries a key, drawn with it and kept with what was made (`form`).

Sent again (a second press, the way back and once more, a network that repeats it), its service returns what is there.
With something else in it, it raises SentBefore: the page says what was made, and one more press makes another.
"""

import uuid
from typing import Any, TypeVar

from django import forms
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Model
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from common.refusals import Refusal

Row = TypeVar("Row", bound=Model)


class SentBefore(Refusal):
    """The same form, with something else in it. Carries what it made."""

    code = "form_sent_before"

    def __init__(self, made: Any, name: str) -> None:
        told = _("This form has made “%(name)s” already. To make another one, save once more.")
        super().__init__(told % {"name": name})
        self.made = made


class KeyField(forms.UUIDField):
    """What is no key is none."""

    widget = forms.HiddenInput

    def __init__(self) -> None:
        super().__init__(required=False, initial=uuid.uuid4)

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value) or None
        except ValidationError:
            return None


def key_of(request: HttpRequest) -> uuid.UUID | None:
    """That of a form with nothing else in it."""
    try:
        return uuid.UUID(request.POST.get("form", ""))
    except ValueError:
        return None


def as_another(request: HttpRequest) -> QueryDict:
    """What was typed, in a form that has made nothing yet."""
    data = request.POST.copy()
    data["form"] = str(uuid.uuid4())
    return data


def make_once(row: Row) -> tuple[Row, bool]:
    """Save it, unless its form has made one: that one, and False. Of two at once the second waits for the first."""
    rows = type(row)._default_manager
    key = row.form  # type: ignore[attr-defined]
    made = rows.filter(form=key).first() if key else None
    if made is not None:
        return made, False
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        made = rows.filter(form=key).first() if key else None
        if made is None:
            raise
        return made, False
    return row, True
