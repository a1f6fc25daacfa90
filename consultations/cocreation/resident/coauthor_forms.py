"""Whom one asks to write together."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from consultations.cocreation.rules import ADDRESS_MAX, NoMailAddress


class _OneOfTwo:
    """For fields of which one is needed, as the form checks: neither is said to be optional."""

    def validate(self, value: Any) -> None:
        if value:
            super().validate(value)  # type: ignore[misc]


class _EitherPerson(_OneOfTwo, forms.ChoiceField):
    pass


class _OrEmail(_OneOfTwo, forms.EmailField):
    pass


class CoAuthorForm(forms.Form):
    """Somebody who argued on the proposal, by name; or an e-mail address. One of them."""

    use_required_attribute = False
    person = _EitherPerson(
        label=_("Somebody who gave an argument here"),
        error_messages={"invalid_choice": _("This person can no longer be chosen.")},
    )
    email = _OrEmail(
        label=_("Or an e-mail address"),
        help_text=_("The person gets a link and is free to say no. The address is shown to nobody."),
        max_length=ADDRESS_MAX,
        error_messages={"invalid": NoMailAddress.message},
        widget=forms.EmailInput({"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, people: list[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(person.pk): person for person in people}
        choices = [("", _("Choose a name")), *((key, str(person)) for key, person in self.people.items())]
        cast(forms.ChoiceField, self.fields["person"]).choices = choices
        if not people:
            del self.fields["person"]
            self.fields["email"].label = _("The e-mail address of the person")

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if self.errors:
            return given
        if not given.get("person") and not given.get("email"):
            self.add_error(next(iter(self.fields)), _("Choose somebody, or write an address."))
        elif given.get("person") and given.get("email"):
            self.add_error("email", _("One at a time: a name or an address, not both."))
        return given

    def invited(self) -> dict[str, Any]:
        """What the service takes."""
        if person := self.cleaned_data.get("person"):
            return {"user": self.people[person]}
        return {"email": self.cleaned_data["email"]}
