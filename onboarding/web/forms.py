"""The questions of the sign-up, a form a step."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from stdnum.fr import siren as siren_number

from common.dates import DayField
from common.mail_addresses import MailField
from common.pictures import LogoField
from common.text import WordsField
from consultations.library.models import ChallengeTemplate
from onboarding import names
from onboarding.models import SignUp
from onboarding.services.sign_ups import why_not_address, why_to_verify
from onboarding.usual_dates import usual_dates
from tenants.enums import AuthorityKind
from tenants.models import DEFAULT_COLOUR, validate_colour
from tenants.school_holidays import zone_of

# Between two days of the sign-up: enough to let people hear of it, and to answer.
MIN_DAYS, MAX_DAYS = 7, 366

# The kinds to choose from by hand: a joint authority is known by its SIREN, as a group is.
_KINDS = [
    (kind, _("Group of municipalities, or joint authority") if kind == AuthorityKind.INTERCOMMUNALITY else label)
    for kind, label in AuthorityKind.choices
]


class Robot(forms.Form):
    """Left empty by people, filled in by robots; hidden by the style sheet and to screen readers."""

    website = forms.CharField(required=False, max_length=200)

    @property
    def is_robot(self) -> bool:
        return bool(self.data.get("website"))


class AuthorityForm(Robot):
    """Step 1, for an authority that the directory lacks."""

    name = WordsField(label=_("Name of your authority"), minimum=1, maximum=names.NAME_MAX, autocomplete="organization")
    kind = forms.ChoiceField(label=_("It is a…"), choices=_KINDS)
    siren = forms.CharField(
        label="SIREN",
        help_text=_("Nine digits. We look it up with you if you don’t have it at hand."),
        required=False,
        max_length=20,
        widget=forms.TextInput({"inputmode": "numeric"}),
    )

    def clean_name(self) -> str:
        return _checked(names.check_authority_name, self.cleaned_data["name"])

    def clean_siren(self) -> str:
        given = "".join(sign for sign in self.cleaned_data["siren"] if not sign.isspace())
        if not given:
            return ""
        # A SIRET begins with its SIREN.
        number = given[:9] if len(given) == 14 else given
        if not siren_number.is_valid(number):
            raise forms.ValidationError(_("This is no SIREN: nine digits, as on your official letters."))
        # Those of 46 communes nouvelles begin with a 9, in the directory of 2026 (onboarding/directory/README.md).
        if number[0] != "2" and not (number[0] == "9" and self.cleaned_data.get("kind") == AuthorityKind.COMMUNE):
            said = _("This SIREN is not that of a local authority: those begin with a 2, of some communes with a 9.")
            raise forms.ValidationError(said)
        return number


class YouForm(forms.Form):
    contact_name = WordsField(label=_("Your name"), minimum=2, maximum=120, autocomplete="name")
    contact_role = WordsField(
        label=_("Your function"),
        help_text=_("For example: head of communication, deputy mayor."),
        minimum=2,
        maximum=120,
        autocomplete="organization-title",
    )
    email = MailField(
        label=_("Your professional e-mail address"),
        help_text=_("We send the link that starts your platform there. It will be its first administrator’s."),
        max_length=254,
        widget=forms.EmailInput({"autocomplete": "email"}),
    )
    terms = forms.BooleanField(
        label=_("I accept the terms of use and the data-processing agreement (GDPR, article 28)."),
        error_messages={"required": _("Your agreement is needed before we handle data for you.")},
    )

    def __init__(self, *args: Any, sign_up: SignUp, **kwargs: Any) -> None:
        kwargs["initial"] = {
            "contact_name": sign_up.contact_name,
            "contact_role": sign_up.contact_role,
            "email": sign_up.email,
            "terms": bool(sign_up.accepted_at),
        }
        super().__init__(*args, **kwargs)
        self.sign_up = sign_up

    @property
    def to_verify(self) -> str:
        return why_to_verify(self.sign_up)


class ChallengesForm(forms.Form):
    """Step 3: the challenges of one set, to tick, reorder and reword. Kept in the order of `order`."""

    order = forms.CharField(widget=forms.HiddenInput, required=False, max_length=2000)

    def __init__(self, *args: Any, templates: Sequence[ChallengeTemplate], sign_up: SignUp, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kept = {each["code"]: each["question"] for each in sign_up.challenges}
        # Another set than the one kept: everything is ticked, as the library has it.
        if not set(kept) & {template.code for template in templates}:
            kept = {template.code: template.question for template in templates}
        wanted = (self.data.get("order", "") if self.is_bound else "").split(",") if self.is_bound else list(kept)
        places = {code: place for place, code in enumerate(wanted)}
        self.templates = sorted(templates, key=lambda template: places.get(template.code, len(places)))
        for template in self.templates:
            self.fields[f"take-{template.code}"] = forms.BooleanField(
                label=template.label, required=False, initial=template.code in kept
            )
            self.fields[f"question-{template.code}"] = WordsField(
                label=_("Question of “%(label)s”") % {"label": template.label},
                minimum=10,
                maximum=200,
                required=False,
                initial=kept.get(template.code, template.question),
                # One line of words, on as many lines as they take.
                widget=forms.Textarea({"rows": 1, "maxlength": 200}),
            )

    @property
    def rows(self) -> list[dict[str, Any]]:
        return [
            {
                "template": template,
                "take": self[f"take-{template.code}"],
                "question": self[f"question-{template.code}"],
            }
            for template in self.templates
        ]

    @property
    def codes(self) -> str:
        return ",".join(template.code for template in self.templates)

    def move(self, pressed: str) -> None:
        """`up:code` or `down:code`: one place, nothing else is touched."""
        way, _colon, code = pressed.partition(":")
        codes = [template.code for template in self.templates]
        if code not in codes:
            return
        at = codes.index(code)
        to = max(0, min(len(codes) - 1, at + (-1 if way == "up" else 1)))
        self.templates.insert(to, self.templates.pop(at))

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not any(given.get(f"take-{template.code}") for template in self.templates):
            raise forms.ValidationError(_("Keep at least one challenge: you can change it later."))
        return given

    def chosen(self) -> list[dict[str, str]]:
        given = self.cleaned_data
        return [
            {"code": template.code, "question": given[f"question-{template.code}"] or template.question}
            for template in self.templates
            if given[f"take-{template.code}"]
        ]


class PlatformForm(forms.Form):
    slug = forms.CharField(
        label=_("Address of your platform"),
        help_text=_("Lower-case letters, digits and hyphens. You can change it later."),
        max_length=40,
        widget=forms.TextInput({"autocapitalize": "none", "spellcheck": "false"}),
    )
    title = WordsField(
        label=_("Title of the consultation"), help_text=_("Short: it stands in the header."), minimum=3, maximum=120
    )
    opens_on = DayField(label=_("First day to propose"), widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))
    closes_on = DayField(label=_("Last day to propose"), widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))
    colour = forms.CharField(
        label=_("Your colour"),
        help_text=_("Take that of your logo. We darken or lighten it where needed: every word stays legible."),
        max_length=7,
        validators=[validate_colour],
        widget=forms.TextInput({"type": "color"}),
    )
    logo = LogoField(
        label=_("Your logo"),
        help_text=_("PNG, JPEG or WebP, 2 MB at most."),
        required=False,
        widget=forms.FileInput({"accept": "image/png,image/jpeg,image/webp"}),
    )
    forget_logo = forms.BooleanField(label=_("Remove the logo"), required=False)

    def __init__(self, *args: Any, sign_up: SignUp, proposed_title: str, today: date, **kwargs: Any) -> None:
        opens_on, closes_on = usual_dates(today=today, zone=zone_of(sign_up))
        kwargs["initial"] = {
            "slug": sign_up.slug or suggested_slug(sign_up.authority_name),
            "title": sign_up.title or proposed_title,
            "opens_on": sign_up.opens_on or opens_on,
            "closes_on": sign_up.closes_on or closes_on,
            "colour": sign_up.colour or DEFAULT_COLOUR,
        }
        super().__init__(*args, **kwargs)
        self.sign_up, self.today = sign_up, today

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"]
        if problem := why_not_address(self.sign_up, slug):
            raise forms.ValidationError(problem, code="refused")
        return slug

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        opens_on: date | None = given.get("opens_on")
        closes_on: date | None = given.get("closes_on")
        if opens_on and opens_on < self.today:
            self.add_error("opens_on", _("This day is past: choose one to come."))
        elif opens_on and opens_on > self.today + timedelta(days=2 * MAX_DAYS):
            self.add_error("opens_on", _("Choose a day within two years."))
        elif opens_on and closes_on:
            days = (closes_on - opens_on).days
            if days < MIN_DAYS:
                self.add_error("closes_on", _("Leave people at least seven days to propose."))
            elif days > MAX_DAYS:
                self.add_error("closes_on", _("Propose for a year at most; you can extend it later."))
        return given


class ResumeForm(forms.Form):
    email = MailField(
        label=_("Your e-mail address"), max_length=254, widget=forms.EmailInput({"autocomplete": "email"})
    )


class ColleagueForm(Robot):
    """To whoever administers a platform that exists."""

    name = WordsField(label=_("Your name"), minimum=2, maximum=120, autocomplete="name")
    email = MailField(
        label=_("Your professional e-mail address"), max_length=254, widget=forms.EmailInput({"autocomplete": "email"})
    )
    message = WordsField(label=_("Your message"), rows=4, minimum=10, maximum=1000)

    def clean_name(self) -> str:
        return _checked(names.check_leads_nowhere, self.cleaned_data["name"])

    def clean_message(self) -> str:
        return _checked(names.check_leads_nowhere, self.cleaned_data["message"])


def _checked(check: Callable[[str], None], words: str) -> str:
    try:
        check(words)
    except names.NameRefused as refusal:
        raise forms.ValidationError(str(refusal.message), code="refused") from refusal
    return words


def suggested_slug(name: str) -> str:
    return slugify(name.lower().replace("œ", "oe").replace("æ", "ae").replace("’", "-").replace("'", "-"))[:40].strip(
        "-"
    )
