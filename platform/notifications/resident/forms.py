"""What residents choose."""

from django import forms
from django.utils.translation import gettext_lazy as _

from notifications.enums import Frequency
from notifications.services.agreeing import MORE, WORDS


class MailForm(forms.Form):
    frequency = forms.ChoiceField(
        label=_("How often may we write to you?"),
        choices=Frequency,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the answers."), "invalid_choice": _("Choose one of the answers.")},
    )


class AgreementForm(forms.Form):
    agreed = forms.BooleanField(
        label=WORDS, help_text=MORE, error_messages={"required": _("Tick the box if you agree; else change nothing.")}
    )
