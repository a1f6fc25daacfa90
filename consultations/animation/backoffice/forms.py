"""What the team types about campaigns."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.dates import MomentField
from common.sent_before import KeyField
from consultations.animation.selectors import audience
from consultations.animation.services.writing import BODY, SUBJECT, broken_places_of
from notifications.audiences import segments

_PLACES = _(
    "Filled in for each person: {bonjour} (“Hello Mésange,”), {collectivite}, {lien} (to the challenge, or to the home "
    "page), {defi} (of a group that belongs to a challenge). Who we are, and the link to stop, are added."
)


class CampaignForm(forms.Form):
    """`group`: the key of a segment, and after a colon which one."""

    group = forms.ChoiceField(
        label=_("To whom?"),
        help_text=_("Of each group, those alone who agreed to such messages and whose address is confirmed."),
        error_messages={"required": _("Choose a group."), "invalid_choice": _("Choose one of these groups.")},
    )
    subject = SUBJECT.field(label=_("Subject"), help_text=_("What people see first: say what it is about."))
    body = BODY.field(label=_("Message"), help_text=_PLACES, rows=14)
    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0, initial=0)
    form = KeyField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["group"].choices = _groups()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """What is too short or too long is looked through all the same: all that is wrong is said at once."""
        data: dict[str, Any] = super().clean() or {}
        segment, _colon, value = data.get("group", "").partition(":")
        texts = {name: data.get(name) or str(self.data.get(name, "")) for name in ("subject", "body")}
        for broken in broken_places_of(segment=segment, value=value, **texts):
            self.add_error(broken.field, str(broken.message))
        return data

    def given(self) -> dict[str, Any]:
        segment, _colon, value = self.cleaned_data["group"].partition(":")
        return {
            "segment": segment,
            "value": value,
            "subject": self.cleaned_data["subject"],
            "body": self.cleaned_data["body"],
        }


def group_of(segment: str, value: str) -> str:
    return f"{segment}:{value}"


def words_of(group: str) -> str:
    """A choice of `_groups` in one line."""
    segment, _colon, value = group.partition(":")
    return audience(segment, value)


def _groups() -> list[Any]:
    """Those without a choice by themselves, the others under their name."""
    found: list[Any] = [("", _("Choose a group."))]
    for each in segments():
        options = [(group_of(each.key, value), words) for value, words in each.options()]
        if each.choices is None:
            found += options
        elif options:
            found.append((each.label, options))
    return found


class SendForm(forms.Form):
    """Now, or at a moment; `seen` is the mark of the list that the page has shown."""

    when = forms.ChoiceField(
        label=_("When?"),
        choices=[("now", pgettext_lazy("sending a campaign", "Now")), ("later", _("At the moment below"))],
        widget=forms.RadioSelect,
        initial="now",
        error_messages={"required": _("Choose one of the answers."), "invalid_choice": _("Choose one of the answers.")},
    )
    planned_at = MomentField(
        label=_("Moment"),
        required=False,
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    planned_at.needed_later = _("(needed in that case)")  # type: ignore[attr-defined]
    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0, initial=0)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("when") == "later" and not data.get("planned_at") and "planned_at" not in self.errors:
            self.add_error("planned_at", _("Write the day and the hour."))
        return data
