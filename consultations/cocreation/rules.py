"""What may be written together: services refuse by these rules, forms ask them."""

from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from common.mail_addresses import check_mail_address
from common.refusals import Refusal
from common.text import Words, visible_length
from consultations.participation.enums import Verdict
from consultations.participation.models import IMPORTED_MAX
from consultations.participation.rules import PARTS, draft_text

VERDICT_REASON, NOTE = Words(10, 600), Words(10, 600)
MERGE_REASON, MERGE_MESSAGE = Words(10, 500), Words(10, 1000)
ADDRESS_MAX = 254


class NoMailAddress(Refusal):
    code = "no_mail_address"
    status = 422
    message = _("Write the whole address, such as name@example.org.")


def verdict_reason(verdict: Verdict, reason: str) -> str:
    """Why an argument was answered so. It may be left out, or be short, only where it is taken up as it is."""
    if verdict == Verdict.TAKEN:
        return Words(0, VERDICT_REASON.maximum).cleaned(reason, optional=True)
    return VERDICT_REASON.cleaned(reason)


def part_words(name: str, present: str) -> Words:
    """For the next version of a part. What was written longer, or shorter, elsewhere stays as long as it is."""
    usual = PARTS[name]
    minimum = min(usual.minimum, visible_length(present)) if present else usual.minimum
    return Words(minimum, max(usual.maximum, len(present)), usual.one_line)


def rework_texts(texts: Mapping[str, str], note: str) -> tuple[dict[str, str], str]:
    """The parts of a rework and its note as they are kept while somebody writes them, good or not yet."""
    kept = {name: draft_text(name, texts[name], maximum=IMPORTED_MAX) for name in PARTS}
    return kept, draft_text("note", note, maximum=IMPORTED_MAX)


def mail_address(typed: str) -> str:
    email = typed.strip().lower()
    try:
        check_mail_address(email)
    except ValidationError as odd:
        raise NoMailAddress from odd
    if len(email) > ADDRESS_MAX:
        raise NoMailAddress
    return email
