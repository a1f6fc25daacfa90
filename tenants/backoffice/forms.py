from django import forms
from django.utils.translation import gettext_lazy as _

from common.mail_addresses import MailField
from tenants.verification.by_mail import AnyonesDomain, must_be_of_a_domain


class AuthorityMailForm(forms.Form):
    email = MailField(
        label=_("An e-mail address of your authority"),
        help_text=_(
            "At its own domain name: the mayor’s office, the general secretary, or yours if you have one there."
        ),
        max_length=254,
        widget=forms.EmailInput({"autocomplete": "off"}),
    )

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        try:
            must_be_of_a_domain(email)
        except AnyonesDomain as refusal:
            raise forms.ValidationError(str(refusal.message), code="refused") from refusal
        return email
