"""What the trail keeps of framing, in words (common.trail)."""

from django.utils.translation import gettext_lazy as _

from common.trail import concerns, records
from consultations.framing.models import Challenge, Consultation, Document

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
        "challenge_added": _("Challenge added"),
        "challenge_edited": _("Challenge changed"),
        "challenge_moved": _("Challenge moved in the list"),
        "challenge_removed": _("Challenge removed"),
        "challenge_validated": _("Challenge validated"),
        "challenge_unvalidated": _("Validation of the challenge taken back"),
        "library_wording_taken": _("Wording of the library taken for a challenge"),
        "document_added": _("Document added"),
        "document_removed": _("Document removed"),
        "documents_declared_none": _("Said that there is no document"),
        "legal_identity_updated": _("Particulars of the legal pages changed"),
        "appearance_changed": _("Colour or logo changed"),
    }
)
concerns(Consultation, _("Consultation"), title=lambda consultation: consultation.title)
concerns(Challenge, _("Challenge"), title=lambda challenge: challenge.question)
concerns(Document, _("Document"), title=lambda document: document.title)
