"""What residents choose."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.mail import language_for
from accounts.models import User
from common.languages import choices
from notifications.enums import Frequency
from notifications.models import MailPreference
from notifications.services.agreeing import MORE, WORDS


class MailForm(forms.Form):
    frequency = forms.ChoiceField(
        label=_("How often may we write to you?"),
        choices=Frequency,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the answers."), "invalid_choice": _("Choose one of the answers.")},
    )
    language = forms.ChoiceField(
        label=_("In which language?"),
        choices=settings.LANGUAGES,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the answers."), "invalid_choice": _("Choose one of the answers.")},
    )

    def __init__(self, *args: Any, person: User, preference: MailPreference, city: Any, **kwargs: Any) -> None:
        there = {"frequency": preference.frequency, "language": language_for(person, city)}
        super().__init__(*args, **{"initial": there, **kwargs})
        languages = self.fields["language"]
        assert isinstance(languages, forms.ChoiceField)
        languages.choices = choices(city)
        if person.has_role or not languages.choices:
            del self.fields["language"]


class AgreementForm(forms.Form):
    agreed = forms.BooleanField(
        label=WORDS, help_text=MORE, error_messages={"required": _("Tick the box if you agree; else change nothing.")}
    )
