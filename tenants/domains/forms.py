"""The same questions at a city's desk and on the operators' page."""

from django import forms
from django.utils.translation import gettext_lazy as _

from tenants.domains.names import DomainRefused, domain_from
from tenants.slugs import slug_problem


class DomainForm(forms.Form):
    domain = forms.CharField(
        label=_("The domain name"),
        help_text=_("For example consultation.ville.fr. A name within your domain is simplest: your site stays as is."),
        max_length=300,
        widget=forms.TextInput({"inputmode": "url", "autocapitalize": "none", "spellcheck": "false"}),
    )

    def clean_domain(self) -> str:
        try:
            return domain_from(self.cleaned_data["domain"])
        except DomainRefused as refusal:
            raise forms.ValidationError(str(refusal.message), code="refused") from refusal


class SlugForm(forms.Form):
    slug = forms.CharField(
        label=_("The new beginning of the address"),
        help_text=_("1 to 40 lower-case letters, digits and hyphens."),
        max_length=60,
        widget=forms.TextInput({"autocapitalize": "none", "spellcheck": "false"}),
    )
    understood = forms.BooleanField(
        label=_("I know that everyone will have to sign in again, and that printed addresses will show the old name."),
        error_messages={"required": _("Tick the box: an address is not changed by accident.")},
    )

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"].strip().lower()
        problem = slug_problem(slug)
        if problem:
            raise forms.ValidationError(problem, code="refused")
        return slug
