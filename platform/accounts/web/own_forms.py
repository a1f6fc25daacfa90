"""The questions asked where a person changes their address or leaves."""

import re

from django import forms
from django.utils.translation import gettext_lazy as _

from common.mail_addresses import MailField


class NewAddressForm(forms.Form):
    email = MailField(
        label=_("Your new e-mail address"),
        help_text=_("We send a code there, to be sure that it is yours."),
        max_length=254,
        widget=forms.EmailInput({"autocomplete": "email"}),
    )


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("The code of six figures"),
        max_length=12,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "one-time-code", "class": "sign-in__code"}),
    )

    def clean_code(self) -> str:
        code = "".join(self.cleaned_data["code"].split())
        if not re.fullmatch("[0-9]{6}", code):
            raise forms.ValidationError(_("The code has six figures."))
        return code


class LeavingForm(forms.Form):
    texts = forms.ChoiceField(
        label=_("What you published"),
        choices=[
            ("KEEP", _("My texts stay, without my name")),
            ("REMOVE", _("My texts are removed too")),
        ],
        widget=forms.RadioSelect,
        # Nothing is ticked: what cannot be undone is chosen.
        error_messages={"required": _("Choose what becomes of what you published.")},
    )
