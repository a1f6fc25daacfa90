"""What the team types about contacts."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.neighbourhoods import NEIGHBOURHOOD_MAX, offer_list
from common.dates import DayField
from common.mail_addresses import MailField
from common.sent_before import KeyField
from common.text import WordsField
from consultations.contacts.enums import ContactKind, Way
from consultations.contacts.models import Contact
from consultations.contacts.selectors import challenges_to_choose
from consultations.contacts.services.inviting import BODY, SUBJECT
from consultations.contacts.services.keeping import ADDRESS, FIELDS, NAME, NOTE, PERSON, PHONE, SOURCE
from consultations.contacts.services.noting import NOTED

_CHOOSE = {"required": _("Choose one of the answers."), "invalid_choice": _("Choose one of the answers.")}


class ContactForm(forms.Form):
    """`another`: shown once a contact of the same name is there."""

    kind = forms.ChoiceField(
        label=_("What is it?"), choices=ContactKind, widget=forms.RadioSelect, error_messages=_CHOOSE
    )
    name = NAME.field(label=_("Name"))
    another = forms.BooleanField(label=_("It is another one of the same name"), required=False)
    person = PERSON.field(label=_("Whom to ask for"), help_text=_("Somebody’s name, or a function."), required=False)
    email = MailField(label=_("E-mail address"), max_length=254, required=False)
    phone = PHONE.field(label=_("Telephone"), required=False)
    address = ADDRESS.field(
        label=_("Postal address"), help_text=_("As it stands on an envelope."), rows=3, required=False
    )
    neighbourhood = WordsField(label=_("Neighbourhood"), maximum=NEIGHBOURHOOD_MAX, required=False)
    challenges = forms.MultipleChoiceField(
        label=_("Which challenges concern it?"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        error_messages={"invalid_choice": _("A challenge that was ticked is no longer there. Tick again.")},
    )
    source = SOURCE.field(
        label=_("Where does this come from?"),
        help_text=_("Whoever is written to reads it. For example: directory of associations, website of the school."),
    )
    note = NOTE.field(
        label=_("Note for the team"), help_text=_("Facts alone: they may ask to read it."), rows=3, required=False
    )
    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0, initial=0)
    form = KeyField()

    def __init__(self, *args: Any, before: str = "", asks_another: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_list(self, before=before)
        found = list(challenges_to_choose())
        several = len({each.consultation_id for each in found}) > 1
        self.fields["challenges"].choices = [  # type: ignore[attr-defined]
            (str(each.pk), f"{each.label} ({each.consultation.title})" if several else each.label) for each in found
        ]
        if not found:
            del self.fields["challenges"]
        if not asks_another and not self.data.get("another"):
            self.fields["another"].widget = forms.HiddenInput()

    def ask_another(self) -> None:
        self.fields["another"].widget = forms.CheckboxInput()

    def given(self) -> dict[str, Any]:
        return {
            "given": {name: self.cleaned_data[name] for name in FIELDS},
            "challenges": [int(pk) for pk in self.cleaned_data.get("challenges", [])],
            "is_another": self.cleaned_data["another"],
        }


class ExchangeForm(forms.Form):
    way = forms.ChoiceField(
        label=_("How?"),
        choices=[each for each in Way.choices if each[0] not in (Way.MAIL, Way.LETTER)],
        widget=forms.RadioSelect,
        error_messages=_CHOOSE,
    )
    day = DayField(label=_("When?"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    words = NOTED.field(label=_("What was said?"), help_text=_("Facts alone: they may ask to read it."), rows=4)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"day": timezone.localdate()})
        super().__init__(*args, **kwargs)


class SiftForm(forms.Form):
    """What narrows the list. What is no choice narrows nothing."""

    q = forms.CharField(label=_("Words"), required=False, max_length=80)
    quoi = forms.ChoiceField(label=_("What"), required=False, choices=[("", _("All")), *ContactKind.choices])
    defi = forms.ChoiceField(label=_("Challenge"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = [(each.slug, each.label) for each in challenges_to_choose()]
        self.fields["defi"].choices = [("", _("All challenges")), *found]  # type: ignore[attr-defined]

    def value(self, name: str) -> str:
        self.is_valid()
        return str(self.cleaned_data.get(name, ""))


class WritingForm(forms.Form):
    """`offered`: who may be ticked."""

    subject = SUBJECT.field(label=_("Subject"))
    words = BODY.field(
        label=_("Message"), help_text=_("After “Hello,”. Your name, the authority’s and the link are added."), rows=12
    )
    contacts = forms.MultipleChoiceField(
        label=_("To whom?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Tick at least one contact."),
            "invalid_choice": _("A contact that was ticked is no longer there. Tick again."),
        },
    )

    def __init__(self, *args: Any, offered: list[Contact], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["contacts"].choices = [(str(each.pk), _named(each)) for each in offered]  # type: ignore[attr-defined]


def _named(contact: Contact) -> str:
    return f"{contact.name} ({contact.email})"


class LetterForm(forms.Form):
    subject = SUBJECT.field(label=_("Subject"))
    words = BODY.field(
        label=_("Letter"), help_text=_("After “Hello,”. The address, your name and a QR code are added."), rows=12
    )
