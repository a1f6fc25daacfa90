"""What the city says of its consultation, of its challenges and of itself."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from common.dates import MomentField
from common.files import DocumentField
from common.languages import offered, other_languages
from common.mail_addresses import MailField
from common.pictures import LogoField
from common.text import WordsField
from common.web_addresses import WebAddressField
from consultations.framing.backoffice.fields import FiguresField, LinesField
from consultations.framing.enums import Delay, ModeratedBy, Moderation, PhaseKind
from consultations.framing.legal import FACTS
from consultations.framing.models import Calendar, Challenge, Consultation, LegalIdentity
from consultations.framing.services.appearance import revision_of
from consultations.framing.services.dates import DatesRefused, ShortensAnnounced, check_dates
from consultations.framing.services.documents import NotDescribed
from consultations.library.enums import Theme
from tenants.models import Municipality, validate_colour

_MOMENT = {"type": "datetime-local"}


WAITS_FOR_OPENING = ("decision_maker", "who_may_answer", "commitment", "contact_email", "opens_at", "closes_at")


class ConsultationForm(forms.Form):
    question = WordsField(
        label=_("The question"),
        help_text=_("It stands in large letters on the page of the consultation."),
        minimum=10,
        maximum=200,
    )
    title = WordsField(label=_("A short title"), maximum=120, minimum=3)
    introduction = WordsField(label=_("Introduction"), rows=4, maximum=2000, required=False)
    decision_maker = WordsField(
        label=_("Who decides"), help_text=_("For example: the municipal council."), maximum=120, minimum=3
    )
    who_may_answer = WordsField(
        label=_("Who may answer"),
        help_text=_("Everyone who lives, studies or works here, and from what age."),
        maximum=300,
    )
    commitment = WordsField(
        label=_("What will be done with the answers"),
        help_text=_("What you commit to, and by when. Participants will hold you to it."),
        rows=3,
        minimum=20,
        maximum=600,
    )
    contact_email = MailField(
        label=_("Contact address"),
        max_length=254,
    )
    moderated_by = forms.ChoiceField(
        label=_("Who moderates"),
        help_text=_("Somebody reads what is reported and decides. The charter says who."),
        choices=ModeratedBy,
        widget=forms.RadioSelect,
    )
    moderation = forms.ChoiceField(
        label=_("When do you moderate?"),
        help_text=_("You can change this at any time: what is public stays so, and what waits goes on waiting."),
        choices=Moderation,
        widget=forms.RadioSelect,
    )
    moderation_delay = forms.TypedChoiceField(
        label=_("If you read before, within how long?"),
        help_text=_("Participants read this promise beside their text. Count weekends and holidays."),
        choices=Delay,
        coerce=int,
    )
    opens_at = MomentField(
        label=_("People may propose from"), widget=forms.DateTimeInput(_MOMENT, format="%Y-%m-%dT%H:%M")
    )
    closes_at = MomentField(label=_("until"), widget=forms.DateTimeInput(_MOMENT, format="%Y-%m-%dT%H:%M"))
    is_discussed = forms.BooleanField(
        label=_("Leave the discussion open while we answer"),
        help_text=_("Nobody proposes or reacts any more; people still argue and reply, under what you answer."),
        required=False,
    )
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    # What was announced and these dates shorten, until its writer says that they mean it.
    shortens: ShortensAnnounced | None = None

    def __init__(self, *args: Any, consultation: Consultation, calendar: Calendar, **kwargs: Any) -> None:
        self.consultation, self.at = consultation, calendar.at
        kwargs["initial"] = self.values_of(consultation, calendar)
        super().__init__(*args, **kwargs)
        if consultation.opened_at is None:  # What is still missing is asked for where it is opened.
            for name in WAITS_FOR_OPENING:
                self.fields[name].required = False
                self.fields[name].needed_later = _("(needed before opening)")  # type: ignore[attr-defined]

    @classmethod
    def values_of(cls, consultation: Consultation, calendar: Calendar) -> dict[str, Any]:
        propose = calendar.phase(PhaseKind.PROPOSE)
        dates = {name: getattr(propose, name, None) for name in ("opens_at", "closes_at")}
        return {name: getattr(consultation, name) for name in cls.base_fields if name not in dates} | dates

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        opens_at: datetime | None = given.get("opens_at")
        closes_at: datetime | None = given.get("closes_at")
        for name, other in (("opens_at", closes_at), ("closes_at", opens_at)):
            if other and not given.get(name) and not self.has_error(name):
                self.add_error(name, self.fields[name].error_messages["required"])
        if opens_at and closes_at:
            self._check_dates(opens_at, closes_at)
        return given

    def clean_revision(self) -> int:
        return self.cleaned_data["revision"] or 0

    def _check_dates(self, opens_at: datetime, closes_at: datetime) -> None:
        """What shortens is confirmed for these very dates: others are asked about again."""
        self.cleaned_data["shorter"] = self.data.get("shorter") == self.shorter_key
        if self.cleaned_data.get("revision") != self.consultation.revision:
            return  # Somebody else has saved meanwhile: that is said first.
        try:
            check_dates(
                consultation=self.consultation,
                opens_at=opens_at,
                closes_at=closes_at,
                at=self.at,
                shorter=self.cleaned_data["shorter"],
            )
        except DatesRefused as refusal:
            self.add_error(refusal.field, str(refusal.message))
            if isinstance(refusal, ShortensAnnounced):
                self.shortens = refusal

    @property
    def shorter_key(self) -> str:
        return f"{self.data.get('opens_at')}/{self.data.get('closes_at')}"


EXAMPLES = (1, 2, 3)


class ChallengeForm(forms.Form):
    """A challenge as the city writes it. `revision` says which text the person had before their eyes."""

    theme = forms.ChoiceField(
        label=_("Theme"), help_text=_("It gives the challenge its colour and its picture."), choices=Theme
    )
    label = WordsField(
        label=_("Short name"), help_text=_("One or two words, above the question."), minimum=2, maximum=40
    )
    question = WordsField(
        label=_("The question"),
        help_text=_("It begins with “How…” and leaves room for many answers."),
        minimum=10,
        maximum=200,
    )
    summary = WordsField(
        label=_("In two sentences"), help_text=_("What people read first."), rows=3, maximum=400, required=False
    )
    why = WordsField(
        label=_("Why here?"),
        help_text=_("What happens here, in words that everyone uses. A blank line begins a paragraph."),
        rows=10,
        maximum=4000,
        required=False,
    )
    figures = FiguresField(
        label=_("Figures of your territory"),
        help_text=_(
            "One a line: the figure, a bar, what it counts, a bar, its source. "
            "For example: 17,316 | inhabitants | Insee, 2023"
        ),
        rows=3,
    )
    guiding_questions = LinesField(
        label=_("Questions to get people started"), help_text=_("One a line. Three are enough.")
    )
    on_table = LinesField(
        label=_("What is on the table"), help_text=_("One a line: what can be decided here, with these answers.")
    )
    off_table = LinesField(
        label=_("What is not"), help_text=_("One a line, with the reason: people accept a limit that is explained.")
    )
    example_1_text = WordsField(label=_("First example of a proposal"), rows=3, maximum=600, required=False)
    example_1_why = WordsField(label=_("Why it is a good one"), maximum=200, required=False)
    example_2_text = WordsField(label=_("Second example"), rows=3, maximum=600, required=False)
    example_2_why = WordsField(label=_("Why it is a good one"), maximum=200, required=False)
    example_3_text = WordsField(label=_("Third example"), rows=3, maximum=600, required=False)
    example_3_why = WordsField(label=_("Why it is a good one"), maximum=200, required=False)
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, challenge: Challenge | None = None, **kwargs: Any) -> None:
        if challenge is not None:
            kwargs["initial"] = self.values_of(challenge)
        super().__init__(*args, **kwargs)

    @classmethod
    def values_of(cls, challenge: Challenge) -> dict[str, Any]:
        values = {name: getattr(challenge, name) for name in cls.base_fields if not name.startswith("example_")}
        for number, example in zip(EXAMPLES, challenge.examples, strict=False):
            values |= {f"example_{number}_text": example["text"], f"example_{number}_why": example.get("why", "")}
        return values

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        examples = []
        for number in EXAMPLES:
            text = given.pop(f"example_{number}_text", "")
            why = given.pop(f"example_{number}_why", "")
            if why and not text and f"example_{number}_text" not in self.errors:
                self.add_error(f"example_{number}_text", _("Write the example that this explains, or remove both."))
            if text:
                examples.append({"text": text, "why": why})
        given["examples"] = examples
        return given

    @property
    def examples(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        return [(self[f"example_{number}_text"], self[f"example_{number}_why"]) for number in EXAMPLES]


class DocumentForm(forms.Form):
    """A page elsewhere, or a text kept here."""

    title = WordsField(label=_("Title"), minimum=3, maximum=120)
    url = WebAddressField(
        label=_("Address of the page or file"),
        help_text=_("For example the study on your website. It begins with https://"),
        max_length=500,
        required=False,
        error_messages={"invalid": _("Write the whole address, such as https://www.example.org/study.pdf.")},
    )
    text = WordsField(
        label=_("Or the text itself"),
        help_text=_("A blank line begins a paragraph."),
        rows=6,
        maximum=6000,
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not self.errors and bool(given.get("url")) == bool(given.get("text")):
            self.add_error("text" if given.get("url") else "url", _("Give an address or a text, one of the two."))
        return given


class FileForm(forms.Form):
    """A file to read, with what is said of it to who does not see it."""

    title = WordsField(label=_("Title"), minimum=3, maximum=120)
    file = DocumentField(
        label=_("The file"),
        help_text=_(
            "A PDF, a PNG, a JPEG or a WebP of 20 MB at most. A PDF is kept as it is: people also read what its "
            "properties say, such as the name of its author."
        ),
        widget=forms.FileInput({"accept": ".pdf,image/png,image/jpeg,image/webp"}),
        error_messages={"required": _("Choose a file.")},
    )
    description = WordsField(
        label=_("What it shows"),
        help_text=_("In one or two sentences. For a picture it is needed: who does not see it reads that."),
        rows=2,
        maximum=300,
        required=False,
    )
    is_accessible = forms.BooleanField(
        label=_("This PDF is accessible: a screen reader finds its way in it"), required=False
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        file = given.get("file")
        if file and file.is_picture and not given.get("description") and "description" not in self.errors:
            self.add_error("description", str(NotDescribed.message))
        return given


class VersionForm(FileForm):
    """Another version of one that is there."""

    title = None  # type: ignore[assignment]  # a form leaves out what is None


class LegalForm(forms.Form):
    """Who the city is. Everything may wait until the platform opens; from then on the public reads all of it."""

    postal_address = WordsField(
        label=_("Postal address"),
        help_text=_("Number, street, postcode, town. Shown in the legal notices."),
        maximum=300,
        required=False,
    )
    phone = WordsField(
        label=_("Telephone"),
        help_text=_("That of the reception. Shown in the legal notices."),
        maximum=30,
        required=False,
        validators=[
            RegexValidator(r"^[0-9+(). \u00a0\u202f-]{8,30}\Z", _("Write a telephone number, such as 02 38 00 00 00."))
        ],
    )
    director = WordsField(
        label=_("Director of publication"),
        help_text=_("First name, name and function: the mayor or the president. Shown in the legal notices."),
        minimum=5,
        maximum=160,
        required=False,
    )
    data_officer = WordsField(
        label=_("Data protection officer"),
        help_text=_("A name or a function; often shared with others, at the management centre. Shown in “Your data”."),
        maximum=160,
        required=False,
    )
    data_officer_contact = WordsField(
        label=_("How to reach them"),
        help_text=_("An e-mail address, and a postal one if it is not yours. Shown in “Your data”."),
        maximum=300,
        required=False,
    )
    help_place = WordsField(
        label=_("Where to take part without the site"),
        help_text=_(
            "A telephone number, a reception, where people can really take part. Shown in the accessibility statement; "
            "empty: it says nothing of it."
        ),
        maximum=300,
        required=False,
    )
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, identity: LegalIdentity, is_open: bool, **kwargs: Any) -> None:
        kwargs["initial"] = {name: getattr(identity, name) for name in self.base_fields}
        super().__init__(*args, **kwargs)
        for name in self.fields.keys() & FACTS.keys():
            self.fields[name].required = is_open

    def clean_revision(self) -> int:
        return self.cleaned_data["revision"] or 0


class ColourForm(forms.Form):
    colour = forms.CharField(
        label=_("Choose a colour"),
        help_text=_("Any colour will do: the software darkens or lightens it where words would be hard to read."),
        widget=forms.TextInput({"type": "color"}),
    )

    def clean_colour(self) -> str:
        colour: str = self.cleaned_data["colour"].strip().lower()
        colour = colour if colour.startswith("#") else f"#{colour}"
        validate_colour(colour)
        return colour


class AppearanceForm(ColourForm):
    logo = LogoField(
        label=_("Your logo or coat of arms"),
        help_text=_("A PNG, a JPEG or a WebP of 2 MB at most. Shown beside your name on every page."),
        required=False,
        widget=forms.FileInput({"accept": "image/png,image/jpeg,image/webp"}),
    )
    without_logo = forms.BooleanField(label=_("Remove the present logo"), required=False)
    revision = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, city: Municipality, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["colour"].initial = city.colour
        self.fields["revision"].initial = revision_of(city)
        if not city.logo:
            del self.fields["without_logo"]


class LanguagesForm(forms.Form):
    """A box for each language that there is besides French."""

    def __init__(self, *args: Any, city: Municipality, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        there = offered(city)
        for code, name in other_languages().items():
            self.fields[code] = forms.BooleanField(label=name, required=False, initial=code in there)

    @property
    def chosen(self) -> list[str]:
        return [code for code, is_ticked in self.cleaned_data.items() if is_ticked]
