"""Amounts of public money, as people type them: in whole euros, up to a billion."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from common.refusals import Refusal

MOST = 1_000_000_000
# 55 000, 55.000 €: what separates thousands is whatever the keyboard gives.
_WHOLE = re.compile(r"[0-9]+|[0-9]{1,3}(?:[ .\u00a0\u202f][0-9]{3})+")
_CENTS = re.compile(r"[0-9][0-9 .\u00a0\u202f]*[.,][0-9]+")


class AmountRefused(Refusal):
    code = "amount_refused"
    status = 422


def check_amount(euros: int | None) -> None:
    """Raises AmountRefused."""
    if euros is not None and euros < 0:
        raise AmountRefused(_("An amount is not negative."))
    if euros is not None and euros > MOST:
        raise AmountRefused(_("One billion euros at most."))


def read_amount(typed: str) -> int | None:
    """None where nothing is typed. Raises AmountRefused."""
    words = typed.strip().removesuffix("€").strip()
    if not words:
        return None
    if words[0] in "-−–":
        raise AmountRefused(_("An amount is not negative."))
    if not _WHOLE.fullmatch(words):
        raise AmountRefused(
            _("In whole euros, without cents: 1200.")
            if _CENTS.fullmatch(words)
            else _("Write an amount in figures: 1200.")
        )
    euros = int(re.sub(r"\D", "", words)[:15])
    check_amount(euros)
    return euros


class EurosField(forms.CharField):
    """Gives a whole number, or None."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"required": False, "max_length": 40, **kwargs})
        self.widget.attrs.update({"inputmode": "numeric", "autocomplete": "off"})

    def clean(self, value: Any) -> int | None:
        try:
            return read_amount(super().clean(value))
        except AmountRefused as refusal:
            raise ValidationError(str(refusal.message), code=refusal.code) from refusal
