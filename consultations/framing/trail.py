"""What the trail keeps of framing, in words (common.trail)."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from common.languages import other_languages
from common.templatetags.ui import deadline, here
from common.trail import concerns, records, tells
from consultations.framing.models import Challenge, Consultation, Document
from consultations.framing.selectors import FIELD_NAMES
from consultations.framing.services.dates import moves_in_words

records(
    {
        "consultation_updated": _("Consultation changed"),
        "consultation_opened": _("Consultation opened to everyone"),
        "consultation_prepared": _("Consultation begun, in private"),
        "consultation_given_up": _("Consultation in preparation given up"),
        "consultation_put_forward": _("Consultation put forward on the home page"),
        "consultation_closed": _("Consultation closed before its date"),
        "consultation_prolonged": _("Consultation prolonged"),
        "consultation_archived": _("Consultation archived"),
        "consultation_unarchived": _("Consultation taken out of the archives"),
        "consultation_closed_again": _("Consultation closed again: nobody had written yet"),
        "opening_planned": _("Day and hour set at which the consultation opens by itself"),
        "opening_plan_given_up": _("Opening by itself given up"),
        "opening_missed": _("Opening by itself did not take place"),
        "preview_made": _("Preview link made"),
        "preview_withdrawn": _("Preview link withdrawn"),
        "challenge_added": _("Challenge added"),
        "challenge_edited": _("Challenge changed"),
        "challenge_moved": _("Challenge moved in the list"),
        "challenge_removed": _("Challenge removed"),
        "challenge_validated": _("Challenge validated"),
        "challenge_unvalidated": _("Validation of the challenge taken back"),
        "challenge_advised": _("Challenge validated by the service"),
        "challenge_advice_withdrawn": _("Validation by the service taken back"),
        "margin_commented": _("Comment written in the margin of a challenge"),
        "margin_replied": _("Comment in the margin answered"),
        "margin_resolved": _("Comment in the margin settled"),
        "margin_reopened": _("Comment in the margin opened again"),
        "accompaniment_asked": _("The service was asked to accompany the authority"),
        "accompaniment_ended": _("The service no longer accompanies the authority"),
        "library_wording_taken": _("Wording of the library taken for a challenge"),
        "document_added": _("Document added"),
        "document_replaced": _("New version of a document"),
        "document_removed": _("Document removed"),
        "documents_declared_none": _("Said that there is no document"),
        "legal_identity_updated": _("Particulars of the legal pages changed"),
        "appearance_changed": _("Colour or logo changed"),
        "languages_offered": _("Languages of the site chosen"),
    }
)
concerns(Consultation, _("Consultation"), title=lambda consultation: consultation.title)
concerns(Challenge, _("Challenge"), title=lambda challenge: challenge.question)
concerns(Document, _("Document"), title=lambda document: document.title)

_FIELDS = {
    **FIELD_NAMES,
    "figures": _("Figures of your territory"),
    "title": _("A short title"),
    "introduction": _("Introduction"),
    "decision_maker": _("Who decides"),
    "who_may_answer": _("Who may answer"),
    "commitment": _("What will be done with the answers"),
    "contact_email": _("Contact address"),
    "moderated_by": _("Who moderates"),
    "moderation": _("When do you moderate?"),
    "moderation_delay": _("If you read before, within how long?"),
    "is_discussed": _("Leave the discussion open while we answer"),
    "postal_address": _("Postal address"),
    "phone": _("Telephone"),
    "director": _("Director of publication"),
    "data_officer": _("Data protection officer"),
    "data_officer_contact": _("How to reach them"),
    "help_place": _("Where to take part without the site"),
    "colour": _("Colour"),
    "logo": _("Logo"),
}


@tells(
    "consultation_updated",
    "consultation_closed",
    "consultation_prolonged",
    "challenge_edited",
    "library_wording_taken",
    "legal_identity_updated",
    "appearance_changed",
)
def what_changed(details: dict[str, Any]) -> str:
    """The dates, old and new, a phase a line; the names of the other fields."""
    fields, dates = details.get("fields"), details.get("dates")
    lines = moves_in_words(dates) if isinstance(dates, dict) else []
    names = [str(_FIELDS[name]) for name in fields or [] if name in _FIELDS]
    if names:
        lines.append(gettext("Changed: %(fields)s") % {"fields": ", ".join(names)})
    return "\n".join(lines)


@tells("languages_offered")
def which_languages(details: dict[str, Any]) -> str:
    names = other_languages()
    chosen = [names[code] for code in details.get("languages", []) if code in names]
    return ", ".join([gettext("French"), *chosen])


@tells("preview_made")
def what_of_the_former(details: dict[str, Any]) -> str:
    return gettext("The link before is worth nothing any more.") if details.get("replaces") else ""


@tells("document_removed")
def which_document(details: dict[str, Any]) -> str:
    return str(details.get("name", ""))


@tells("consultation_opened")
def as_planned(details: dict[str, Any]) -> str:
    planned = details.get("planned")
    if not planned:
        return ""
    said = {"who": details.get("to"), "day": here(deadline(datetime.fromisoformat(planned)))}
    return gettext("As planned, by %(who)s on %(day)s") % said


@tells("opening_planned", "opening_plan_given_up", "opening_missed")
def for_when(details: dict[str, Any]) -> str:
    moment = details.get("moment")
    return str(here(deadline(datetime.fromisoformat(moment)))) if moment else ""
