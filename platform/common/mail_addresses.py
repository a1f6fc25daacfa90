"""Which mail addresses are taken: those that a reader recognises as one."""

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _


def check_mail_address(email: str) -> None:
    """Raises ValidationError."""
    validate_email(email)
    refuse_quotes(email)


def refuse_quotes(email: str) -> None:
    """What RFC 5321 allows between quotes is no mailbox that people have. Raises ValidationError."""
    if '"' in email:
        raise ValidationError(_("Write the whole address, such as name@example.org."), code="invalid")
