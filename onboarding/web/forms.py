"""The sign-up: a few questions on one page."""

from typing import Any

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from common.text import WordsField
from consultations.library.selectors import DEFAULT_SET, latest_sets
from onboarding.models import Authority
from onboarding.services.sign_ups import authority_is_served, slug_is_free
from tenants.enums import AuthorityKind
from tenants.models import validate_slug


class SignUpForm(forms.Form):
    authority_name = WordsField(label=_("Name of your authority"), least=1, most=120)
    kind = forms.ChoiceField(label=_("It is a…"), choices=AuthorityKind)
    authority_code = forms.RegexField(
        r"^([0-9][0-9AB][0-9]{0,3}|[0-9]{9})$",
        label=_("INSEE code or SIREN"),
        help_text=_("We look it up with you if you don’t have it at hand."),
        required=False,
        error_messages={"invalid": _("An INSEE code has 2 to 5 signs, such as 45302; a SIREN has nine digits.")},
    )
    slug = forms.CharField(
        label=_("Address of your platform"),
        help_text=_("Lower-case letters, digits and hyphens. You can change it later."),
        max_length=40,
        validators=[validate_slug],
    )
    challenge_set = forms.ChoiceField(label=_("Your challenges"), widget=forms.RadioSelect)
    contact_name = WordsField(label=_("Your name"), least=2, most=120)
    email = forms.EmailField(
        label=_("Your professional e-mail address"),
        help_text=_("We send the link that starts your platform there."),
        max_length=254,
        widget=forms.EmailInput({"autocomplete": "email"}),
    )
    terms = forms.BooleanField(
        label=_("I accept the terms of use and the data-processing agreement (GDPR, article 28)."),
        error_messages={"required": _("Your agreement is needed before we handle data for you.")},
    )
    # Left empty by people, filled in by robots; hidden by the style sheet and to screen readers.
    website = forms.CharField(required=False, max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sets = latest_sets()
        field = self.fields["challenge_set"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(each.code, each.title) for each in self.sets]
        field.initial = DEFAULT_SET

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"]
        if not slug_is_free(slug):
            raise forms.ValidationError(_("This address is already taken. Choose another one."), code="taken")
        return slug

    def clean_authority_code(self) -> str:
        code: str = self.cleaned_data["authority_code"]
        if authority_is_served(kind=self.cleaned_data.get("kind", ""), code=code):
            raise forms.ValidationError(
                _("This authority already has its platform. Ask its administrator to invite you."),
                code="served",
            )
        return code

    @property
    def is_robot(self) -> bool:
        return bool(self.data.get("website"))

    def answers(self) -> dict[str, str]:
        return {name: value for name, value in self.cleaned_data.items() if name not in ("terms", "website")}


def answers_about(authority: Authority) -> dict[str, str]:
    """What the directory knows already, as the form's first answers."""
    return {
        **named(authority.name),
        "kind": authority.kind,
        "authority_code": authority.code,
    }


def named(name: str) -> dict[str, str]:
    """A name that the directory may not know, as the form's first answers."""
    return {"authority_name": name, "slug": suggested_slug(name)}


def suggested_slug(name: str) -> str:
    return slugify(name.lower().replace("œ", "oe").replace("æ", "ae"))[:40].strip("-")
