"""Which mail addresses are taken: those that a reader recognises as one, at a name that mail servers find."""

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.translation import gettext_lazy as _

_usual = EmailValidator(allowlist=[])  # « localhost » is no exception


def check_mail_address(email: str) -> None:
    """Raises ValidationError.

    What RFC 5321 allows between quotes is no mailbox that people have; an address in brackets ([127.0.0.1]) would have
    our server write to any machine.
    """
    _usual(email)
    if '"' in email or "[" in email:
        raise ValidationError(_("Write the whole address, such as name@example.org."), code="invalid")


class MailField(forms.EmailField):
    """Every field of a form that takes an address is this one (a test says so)."""

    default_validators = [check_mail_address]
    default_error_messages = {"invalid": _("Write the whole address, such as name@example.org.")}
