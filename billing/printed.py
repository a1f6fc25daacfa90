"""What is typed and then printed on invoices, credit notes and receipts: a sign that the fonts lack is said at once."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext

from billing.documents.signs import drawn, sign_not_drawn
from common.refusals import Refusal
from common.text import Words, WordsField


class SignRefused(Refusal):
    code = "sign_refused"
    status = 422

    def __init__(self, sign: str) -> None:
        super().__init__(gettext("Our invoices cannot print this sign: %(sign)s. Leave it out.") % {"sign": sign})


@dataclass(frozen=True)
class PrintedWords(Words):
    def cleaned(self, words: str, *, optional: bool = False) -> str:
        """As of any text. Raises SignRefused, too."""
        return _checked(super().cleaned(drawn(words), optional=optional))

    def field(self, **kwargs: Any) -> "PrintedField":
        return PrintedField(minimum=self.minimum, maximum=self.maximum, **kwargs)


class PrintedField(WordsField):
    def to_python(self, value: object) -> str:
        return super().to_python(drawn(str(value or "")))

    def validate(self, value: str) -> None:
        super().validate(value)
        try:
            _checked(value)
        except SignRefused as refusal:
            raise ValidationError(refusal.message, code=refusal.code) from refusal


def _checked(words: str) -> str:
    if sign := sign_not_drawn(words):
        raise SignRefused(sign)
    return words
