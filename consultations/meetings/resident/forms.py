"""What people type to sign up for a meeting: nobody needs an account."""

from django import forms
from django.utils.translation import gettext_lazy as _

from common.mail_addresses import MailField
from consultations.meetings.rules import NAME


class SignUpForm(forms.Form):
    name = NAME.field(
        label=_("Your name"),
        autocomplete="name",
        help_text=_("As you are greeted at the door: the team alone reads it."),
    )
    email = MailField(
        label=_("Your e-mail address"),
        widget=forms.EmailInput({"autocomplete": "email"}),
        help_text=_(
            "To keep your seat, to remind you the day before if there is time, to tell you if something changes."
            " Nothing else."
        ),
    )


class ConfirmForm(forms.Form):
    """Somebody else may have typed the name: whoever reads the mail has the last word."""

    name = NAME.field(label=_("Your name"), autocomplete="name", help_text=_("Correct it if it is not yours."))
