"""What a city takes with it of its framing (common.citycopy): all of it is the city's own, and nearly all public."""

from common.citycopy import in_city_copies
from consultations.framing.models import Challenge, Consultation, Document, LegalIdentity, Logo, Phase

in_city_copies(
    Consultation,
    shared="id slug title question introduction decision_maker who_may_answer commitment contact_email moderated_by "
    "documents_none created_at opened_at is_current import_ref proposal_count argument_count",
)
in_city_copies(Phase, shared="id consultation_id kind opens_at closes_at")
in_city_copies(
    Challenge,
    shared="id consultation_id slug position theme label question summary why figures guiding_questions on_table "
    "off_table examples template_set template_code template_version import_ref validated_at revision proposal_count "
    "argument_count",
)
in_city_copies(Document, shared="id consultation_id title url text added_at")
in_city_copies(
    LegalIdentity,
    shared="id postal_address phone director data_officer data_officer_contact help_place revision updated_at",
)
in_city_copies(Logo, shared="id png digest")
