"""What the city says of its consultation."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.text import WordsField
from consultations.framing.enums import PhaseKind
from consultations.framing.models import Calendar, Consultation

_MOMENT = {"type": "datetime-local"}


class ConsultationForm(forms.Form):
    question = WordsField(
        label=_("The question"),
        help_text=_("It stands in large letters on the home page."),
        least=10,
        most=200,
    )
    title = WordsField(label=_("A short title"), most=120, least=3)
    introduction = WordsField(label=_("Introduction"), rows=4, most=2000, required=False)
    decision_maker = WordsField(
        label=_("Who decides"), help_text=_("For example: the municipal council."), most=120, least=3
    )
    who_may_answer = WordsField(
        label=_("Who may answer"),
        help_text=_("Everyone who lives, studies or works here, and from what age."),
        most=300,
        required=False,
    )
    commitment = WordsField(
        label=_("What will be done with the answers"),
        help_text=_("What you commit to, and by when. Participants will hold you to it."),
        rows=3,
        least=20,
        most=600,
    )
    contact_email = forms.EmailField(label=_("Contact address"), max_length=254)
    opens_at = forms.DateTimeField(
        label=_("People may propose from"), widget=forms.DateTimeInput(_MOMENT, format="%Y-%m-%dT%H:%M")
    )
    closes_at = forms.DateTimeField(label=_("until"), widget=forms.DateTimeInput(_MOMENT, format="%Y-%m-%dT%H:%M"))

    def __init__(self, *args: Any, consultation: Consultation, calendar: Calendar, **kwargs: Any) -> None:
        propose = calendar.phase(PhaseKind.PROPOSE)
        names = (
            "question",
            "title",
            "introduction",
            "decision_maker",
            "who_may_answer",
            "commitment",
            "contact_email",
        )
        initial: dict[str, Any] = {name: getattr(consultation, name) for name in names}
        if propose is not None:
            initial |= {"opens_at": propose.opens_at, "closes_at": propose.closes_at}
        kwargs["initial"] = initial
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        opens_at: datetime | None = given.get("opens_at")
        closes_at: datetime | None = given.get("closes_at")
        if opens_at and closes_at and closes_at < opens_at + timedelta(days=7):
            self.add_error("closes_at", _("Leave people at least seven days to propose."))
        return given
