from django import forms
from django.utils.translation import gettext_lazy as _

from tenants.models import Municipality
from tenants.verification import NotTheAuthoritysDomain, must_be_the_authoritys


class AuthorityMailForm(forms.Form):
    email = forms.EmailField(
        label=_("An e-mail address of your authority"),
        help_text=_(
            "At its own domain name: the mayor’s office, the general secretary, or yours if you have one there."
        ),
        max_length=254,
        widget=forms.EmailInput({"autocomplete": "off"}),
    )

    def __init__(self, *args: object, municipality: Municipality, **kwargs: object) -> None:
        self.municipality = municipality
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        try:
            must_be_the_authoritys(email, municipality=self.municipality)
        except NotTheAuthoritysDomain as refusal:
            raise forms.ValidationError(str(refusal.message), code="refused") from refusal
        return email
