"""Forms of signing in and of the profile."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.asked import Asked, asked_of_newcomers
from accounts.enums import AgeBand, Capacity
from accounts.models import User
from accounts.names import NameRefused, check_name
from accounts.neighbourhoods import NeighbourhoodField, offer_list
from common.mail_addresses import MailField
from common.text import WordsField


class SignInForm(forms.Form):
    """An address, nothing else: whether it is known or not, the next page is the same."""

    email = MailField(
        label=_("Your e-mail address"),
        max_length=254,
        widget=forms.EmailInput({"autocomplete": "email", "autofocus": True}),
    )


# What somebody says of themselves; beside their name it is said of them (Quality).
QUALITIES = [
    (Capacity.RESIDENT, _("I live here")),
    (Capacity.WORKER, _("I work here")),
    (Capacity.YOUNG, _("I am young")),
    (Capacity.ASSOCIATION, _("I speak for an association")),
    (Capacity.COMPANY, _("I speak for a company")),
]


class ProfileForm(forms.Form):
    """How one appears to others. Only the first two are asked; the rest is said to be free, and why."""

    public_name = WordsField(
        label=_("Your public name"),
        help_text=_("A pseudonym is fine. It is shown beside what you write."),
        minimum=2,
        maximum=40,
        error_messages={"required": _("Write a public name.")},
    )
    capacity = forms.ChoiceField(
        label=_("As whom do you take part?"),
        choices=QUALITIES,
        widget=forms.RadioSelect,
        initial=Capacity.RESIDENT,
    )
    neighbourhood = NeighbourhoodField(
        label=_("Your neighbourhood"),
        help_text=_("To see which parts of the territory are heard. Shown beside your name."),
        required=False,
    )
    age_band = forms.ChoiceField(
        label=_("Your age"),
        help_text=_("To see who is missing. Never shown, and counted only in groups of five or more."),
        choices=[("", _("I’d rather not say")), *AgeBand.choices],
        required=False,
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        kwargs.setdefault(
            "initial",
            {
                "public_name": user.public_name,
                "capacity": user.capacity or Capacity.RESIDENT,
                "neighbourhood": user.neighbourhood,
                "age_band": user.age_band,
            },
        )
        super().__init__(*args, **kwargs)
        self.user = user
        offer_list(self, before=user.neighbourhood)

    def clean_public_name(self) -> str:
        name: str = self.cleaned_data["public_name"]
        if "@" in name:
            raise forms.ValidationError(_("This name will be public: don’t write an e-mail address."))
        try:
            check_name(name, user=self.user)
        except NameRefused as refusal:
            self._suggest(refusal)
            raise forms.ValidationError(refusal.message) from refusal
        return name

    def refuse_name(self, refusal: NameRefused) -> None:
        self._suggest(refusal)
        self.add_error("public_name", refusal.message)

    def _suggest(self, refusal: NameRefused) -> None:
        """A free name stands in the field: sending the form again takes it."""
        if refusal.suggestion:
            self.data = {**self.data.dict(), "public_name": refusal.suggestion}  # type: ignore[attr-defined]


class WelcomeForm(ProfileForm):
    """The first time, with what other apps ask (accounts.asked): each a box that nobody ticks for them."""

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        self.asked = asked_of_newcomers()
        for each in self.asked:
            self.fields[each.name] = forms.BooleanField(label=each.words, help_text=each.more, required=False)

    def asked_fields(self) -> list[forms.BoundField]:
        return [self[each.name] for each in self.asked]

    def accepted(self) -> list[Asked]:
        """What was ticked; what is left in `cleaned_data` is the profile."""
        return [each for each in self.asked if self.cleaned_data.pop(each.name)]
