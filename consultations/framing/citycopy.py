"""What a city takes with it of its framing (common.citycopy): all of it is the city's own, and nearly all public."""

from django.utils.translation import gettext_lazy as _

from common.citycopy import in_city_copies, in_words
from consultations.framing.models import (
    Challenge,
    Consultation,
    Document,
    DocumentPart,
    DocumentVersion,
    LegalIdentity,
    Logo,
    MarginComment,
    Phase,
    PreviewLink,
)

in_city_copies(
    Consultation,
    title=_("The consultation"),
    shared="id slug title question introduction decision_maker who_may_answer commitment contact_email moderated_by "
    "moderation moderation_delay is_discussed documents_none created_at opened_at archived_at is_current import_ref "
    "revision proposal_count argument_count",
    # What the team intends is nobody else's.
    complete="opening_planned_at opening_missed_at opening_missed_why announced",
)
in_city_copies(
    Phase,
    title=_("The phases of a consultation, with their dates"),
    shared="id consultation_id kind opens_at closes_at moved_at former_opens_at former_closes_at",
)
in_city_copies(
    Challenge,
    title=_("The challenges"),
    shared="id consultation_id slug position theme label question summary why figures guiding_questions on_table "
    "off_table examples template_set template_code template_version import_ref validated_at published_at revision "
    "proposal_count argument_count",
    complete="validated_by_id advised_at advised_by",
)
in_city_copies(
    MarginComment,
    title=_("What the team and the service said of challenges in their margin"),
    complete="id challenge_id field answers_id text side author_id signed written_at resolved_at resolved_by_id "
    "resolved_as",
)
in_city_copies(Document, title=_("Documents to read"), shared="id consultation_id title url text is_file added_at")
in_city_copies(
    DocumentVersion,
    title=_("Versions of the documents that are files"),
    shared="id document_id number kind size pages digest description is_accessible added_at",
)
in_city_copies(DocumentPart, title=_("The bytes of these files, in order"), shared="id version_id position content")
in_city_copies(
    LegalIdentity,
    title=_("What the legal pages say of the authority"),
    shared="id postal_address phone director data_officer data_officer_contact help_place revision updated_at",
)
# The way in for whoever has the link; it is void elsewhere.
in_city_copies(PreviewLink, never="id consultation_id token_hash made_at expires_at opened_count last_opened_at")
in_city_copies(Logo, title=_("The logo"), shared="id png digest")


in_words(
    {
        "consultation_id": _("the consultation: its number"),
        "challenge_id": _("the challenge: its number"),
        "slug": _("last part of its address on the site"),
        "title": _("title, as it was written"),
        "text": _("text, as it was written"),
        "url": _("address on the web"),
        "question": _("the question that is asked"),
        "introduction": _("introductory text"),
        "decision_maker": _("who decides in the end"),
        "who_may_answer": _("who may take part"),
        "commitment": _("what the authority commits itself to"),
        "contact_email": _("address of contact"),
        "moderated_by": _("who moderates"),
        "moderation": _("whether texts are read before or after they are published"),
        "is_discussed": _("whether people argue and reply while the authority answers"),
        "moderation_delay": _("hours within which a text that waits is read"),
        "documents_none": _("whether the authority says that there is no document"),
        "opened_at": _("when it opened to the public"),
        "opening_planned_at": _("when it is to open by itself"),
        "opening_missed_at": _("when it was to open by itself, and did not"),
        "opening_missed_why": _("why it did not open by itself"),
        "archived_at": _("since when it can only be read"),
        "announced": _("closed before its date: the dates that had been announced"),
        "is_current": _("whether it is the one on the home page"),
        "proposal_count": _("how many proposals"),
        "argument_count": _("how many arguments"),
        "opens_at": _("beginning of the phase"),
        "closes_at": _("end of the phase"),
        "moved_at": _("when its dates were changed"),
        "former_opens_at": _("beginning that had been announced"),
        "former_closes_at": _("end that had been announced"),
        "position": _("place in the order"),
        "theme": _("theme of the challenge"),
        "label": _("short name of the challenge"),
        "summary": _("the challenge in a few sentences"),
        "why": _("why the challenge is there"),
        "figures": _("local figures"),
        "guiding_questions": _("questions that help to answer"),
        "on_table": _("what can be discussed"),
        "off_table": _("what cannot be discussed"),
        "examples": _("examples of solutions"),
        "template_set": _("set of the library it comes from"),
        "template_code": _("its code in that set"),
        "template_version": _("version of that set"),
        "validated_at": _("when the authority validated the text"),
        "published_at": _("when residents could first read it"),
        "added_at": _("when it was added"),
        "postal_address": _("postal address of the authority"),
        "phone": _("telephone of the authority"),
        "director": _("who answers for what is published"),
        "data_officer": _("data protection officer"),
        "data_officer_contact": _("how to reach the data protection officer"),
        "help_place": _("where to take part without the site"),
        "png": _("the picture, in the format PNG"),
        "digest": _("fingerprint of the picture"),
        "framing_phase.kind": _("which phase"),
        "validated_by_id": _("who validated it for the authority"),
        "advised_at": _("when the service validated it"),
        "advised_by": _("who validated it for the service"),
        "framing_margincomment.field": _("the field that it is about"),
        "framing_margincomment.answers_id": _("the comment that it answers"),
        "framing_margincomment.side": _("which side wrote it"),
        "framing_margincomment.signed": _("name of its author, of the service"),
        "is_file": _("whether it is a file"),
        "framing_documentversion.document_id": _("the document: its number"),
        "framing_documentversion.number": _("number of the version"),
        "framing_documentversion.kind": _("format of the file"),
        "framing_documentversion.size": _("size of the file, in bytes"),
        "framing_documentversion.pages": _("how many pages it has"),
        "framing_documentversion.digest": _("fingerprint of the file"),
        "framing_documentversion.description": _("what it shows, in words"),
        "framing_documentversion.is_accessible": _("whether the authority says that it is accessible"),
        "framing_documentpart.version_id": _("the version: its number"),
        "framing_documentpart.position": _("place in the order"),
        "framing_documentpart.content": _("the bytes"),
        "written_at": _("when it was written"),
        "resolved_at": _("when it was settled"),
        "resolved_by_id": _("who settled it"),
        "resolved_as": _("who settled it, of the service"),
    }
)
