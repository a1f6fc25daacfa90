"""What the team types about meetings."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from common.dates import MomentField
from common.refusals import Refusal
from common.sent_before import KeyField
from common.web_addresses import NoWebAddress, WebAddressField
from consultations.framing.models import Challenge, Consultation
from consultations.meetings import rules
from consultations.meetings.enums import MeetingKind
from consultations.meetings.models import Meeting
from consultations.meetings.services.mistakes import mistakes_in
from consultations.meetings.services.refusals import PhoneWrong

_CHOOSE = {"required": _("Choose one of the answers."), "invalid_choice": _("Choose one of the answers.")}
HELPS = ("wheelchair", "loop", "sign_language", "childcare")
FIELDS = (
    "kind",
    "title",
    "text",
    "begins_at",
    "ends_at",
    "place",
    "address",
    "url",
    *HELPS,
    "access",
    "signs_up",
    "seats",
)


def _moment(**kwargs: Any) -> MomentField:
    return MomentField(widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"), **kwargs)


def _yes(label: Any, **kwargs: Any) -> forms.BooleanField:
    return forms.BooleanField(label=label, required=False, **kwargs)


class MeetingForm(forms.Form):
    kind = forms.ChoiceField(label=_("Which kind of meeting?"), choices=MeetingKind, error_messages=_CHOOSE)
    title = rules.TITLE.field(label=_("Title"), help_text=_("What people come for, in a few words."))
    text = rules.TEXT.field(
        label=_("What it is about"),
        required=False,
        rows=6,
        help_text=_("How it goes, who is there, what becomes of what is said."),
    )
    about = forms.MultipleChoiceField(
        label=_("Challenges that it is about"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("It stands on their pages too. None: on the whole consultation."),
        error_messages=_CHOOSE,
    )
    begins_at = _moment(label=_("Begins"))
    ends_at = _moment(label=_("Ends"))
    place = rules.PLACE.field(
        label=_("Place"), required=False, help_text=_("Town hall, wedding room; in the park, at the bandstand.")
    )
    address = rules.ADDRESS.field(label=_("Address"), required=False)
    url = WebAddressField(
        label=_("Address on the web"), required=False, help_text=_("Where it is followed from afar, if it is.")
    )
    wheelchair = _yes(_("It is reached in a wheelchair"))
    loop = _yes(_("There is an induction loop for hearing aids"))
    sign_language = _yes(_("It is interpreted in French sign language"))
    childcare = _yes(_("Children are looked after"))
    access = rules.ACCESS.field(
        label=_("What else helps people to come"),
        required=False,
        help_text=_("Bus line 3; say three days before if you need a lift."),
    )
    signs_up = _yes(
        _("People sign up"), help_text=_("Without it people just come. Nobody needs an account to sign up.")
    )
    seats = forms.IntegerField(
        label=_("Seats"),
        required=False,
        help_text=_("Once they are taken, people are put on a waiting list. Empty: everybody finds room."),
        error_messages={"invalid": _("Write a whole number.")},
    )
    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0, initial=0)
    form = KeyField()

    def __init__(
        self, *args: Any, challenges: Iterable[Challenge], at: datetime, before: Meeting | None = None, **kwargs: Any
    ) -> None:
        """`before`: the one that is changed, as it is."""
        super().__init__(*args, **kwargs)
        self.at, self.before = at, before
        self.challenges = {str(each.pk): each for each in challenges}
        if self.challenges:
            self.fields["about"].choices = [(pk, each.label) for pk, each in self.challenges.items()]  # type: ignore[attr-defined]
        else:
            del self.fields["about"]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        for refusal in list(mistakes_in(data, at=self.at, before=self.before)):
            self.add_error(field_of(refusal, self), str(refusal.message))
        return data

    def given(self) -> dict[str, Any]:
        said = {name: self.cleaned_data[name] for name in FIELDS}
        return {**said, "challenges": [self.challenges[pk] for pk in self.cleaned_data.get("about", [])]}


def field_of(refusal: Refusal, form: forms.Form) -> str | None:
    """That it is about; None: the whole."""
    field = getattr(refusal, "field", "") or ("url" if isinstance(refusal, NoWebAddress) else "")
    return field if field in form.fields else None


def kept(meeting: Meeting) -> dict[str, Any]:
    said = {name: getattr(meeting, name) for name in FIELDS}
    return {**said, "about": [str(pk) for pk in meeting.subjects.values_list("challenge", flat=True)]}


class CancelForm(forms.Form):
    why = rules.WHY.field(
        label=_("Why it is cancelled"), rows=3, help_text=_("Everybody reads it, and whoever signed up is written it.")
    )


class PersonForm(forms.Form):
    name = rules.NAME.field(label=_("First name and name"))
    phone = forms.CharField(
        label=_("Telephone number"),
        required=False,
        max_length=25,
        error_messages={"max_length": _("Write a telephone number, such as 02 38 00 00 00.")},
        help_text=_("To call them if something changes. It is erased with the list."),
    )

    def clean_phone(self) -> str:
        phone: str = self.cleaned_data["phone"].strip()
        if phone and not rules.is_phone(phone):
            raise forms.ValidationError(str(PhoneWrong.message))
        return phone


class ReportForm(forms.Form):
    text = rules.REPORT.field(
        label=pgettext_lazy("of a meeting", "Report"),
        rows=14,
        help_text=_("What was asked, what was said, what comes next. No name of anybody who did not agree to it."),
    )
    document = forms.ChoiceField(
        label=_("Document"),
        required=False,
        help_text=_("A synthesis, slides: add it to the documents of the consultation first, then choose it here."),
        error_messages=_CHOOSE,
    )
    others_came = forms.IntegerField(
        label=_("Who came without having signed up"),
        help_text=_("How many people, beside those whom you ticked at the door."),
        error_messages={"invalid": _("Write a whole number."), "required": _("Write a whole number, 0 if nobody.")},
    )
    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0, initial=0)

    def __init__(self, *args: Any, consultation: Consultation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.documents = {str(each.pk): each for each in consultation.documents.order_by("title")}
        choices = [("", pgettext("document", "None")), *((pk, each.title) for pk, each in self.documents.items())]
        self.fields["document"].choices = choices  # type: ignore[attr-defined]

    def given(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "text": data["text"],
            "document": self.documents.get(data["document"]),
            "others_came": data["others_came"],
            "revision": data["revision"],
        }


class SaidForm(forms.Form):
    written = forms.CharField(
        label=_("Number or address of the proposal"),
        max_length=300,
        error_messages={"required": _("Write a number, such as 12."), "max_length": _("Write a number, such as 12.")},
    )
