"""What each address of framing answers to whom (tests.support.addresses)."""

from typing import Any

from django.utils import timezone

from consultations.framing.models import Consultation, Document, Logo
from tests.support.roles import (
    ADMINISTRATORS,
    DESK,
    FRAMERS,
    FRAMERS_MOVE_ON,
    MOVES_ON,
    NOT_KEPT,
    OPEN,
    POST_ONLY,
    Rows,
)

NOT_PREPARED = {role: 302 if answer == 200 else answer for role, answer in DESK.items()}
CITY: Rows = {
    "legal_notices": (OPEN, None),
    "privacy": (OPEN, None),
    "charter": (OPEN, None),
    "accessibility": (OPEN, None),
    "desk_consultation": (FRAMERS, None),
    "preview_link": (MOVES_ON, None),
    "preview_document": (NOT_KEPT, None),
    "desk_preview": (FRAMERS, None),
    "desk_preview_withdraw": (POST_ONLY, None),
    "desk_ready": (NOT_PREPARED, None),  # the open ones of both cities lead to their week
    "desk_plan": (POST_ONLY, None),
    "desk_plan_withdraw": (POST_ONLY, None),
    "desk_open": (POST_ONLY, None),
    "desk_close_again": (POST_ONLY, None),
    "desk_documents": (FRAMERS, None),
    "desk_documents_none": (POST_ONLY, None),
    "desk_document_file": (FRAMERS, None),
    "desk_document_versions": (FRAMERS, None),
    "desk_document_version": (FRAMERS, None),
    "document_file": (OPEN, 404),
    "desk_document_remove": (POST_ONLY, None),  # nothing happens elsewhere: see tests/framing/test_documents.py
    "desk_challenges": (FRAMERS, None),
    "desk_challenge_add": (FRAMERS, None),
    "desk_challenge": (FRAMERS, None),  # both cities have copied the same challenges
    "desk_challenge_edit": (FRAMERS, None),
    "desk_margin_comment": (POST_ONLY, None),
    "desk_margin_reply": (POST_ONLY, None),
    "desk_margin_resolve": (POST_ONLY, None),
    "desk_margin_reopen": (POST_ONLY, None),
    "desk_framing": (FRAMERS_MOVE_ON, None),
    "desk_accompaniment": (POST_ONLY, None),
    "desk_challenge_library": (FRAMERS, None),
    "desk_challenge_validate": (POST_ONLY, None),
    "desk_challenge_unvalidate": (POST_ONLY, None),
    "desk_challenge_move": (POST_ONLY, None),
    "desk_challenge_remove": (POST_ONLY, None),
    "desk_consultations": (DESK, None),
    "desk_prepare": (FRAMERS, None),
    "desk_prolong": (FRAMERS, None),
    "desk_put_forward": (POST_ONLY, None),
    "desk_close": (ADMINISTRATORS, None),
    "desk_archive": (ADMINISTRATORS, None),
    "desk_unarchive": (POST_ONLY, None),
    "desk_give_up": (ADMINISTRATORS, None),
    "desk_former_consultation": (FRAMERS_MOVE_ON, None),
    "desk_former_consultation_page": (FRAMERS_MOVE_ON, None),
    "desk_former_challenges": (FRAMERS_MOVE_ON, None),
    "desk_former_challenge": (FRAMERS_MOVE_ON, None),
    "desk_former_challenge_add": (FRAMERS_MOVE_ON, None),
    "desk_appearance": (FRAMERS, None),
    "desk_languages": (FRAMERS, None),
    "desk_legal": (FRAMERS, None),
    "desk_neighbourhoods": (FRAMERS, None),
    "city_logo": (OPEN, 404),
}
FRAMING = {
    "desk_ready",
    "desk_preview",
    "desk_preview_withdraw",
    "desk_consultations",
    "desk_prepare",
    "desk_former_consultation",
    "desk_former_consultation_page",
    "desk_former_challenges",
    "desk_former_challenge",
    "desk_former_challenge_add",
    "desk_consultation",
    "desk_documents",
    "desk_documents_none",
    "desk_document_file",
    "desk_document_versions",
    "desk_document_version",
    "desk_document_remove",
    "desk_challenges",
    "desk_challenge_add",
    "desk_challenge",
    "desk_challenge_edit",
    "desk_margin_comment",
    "desk_margin_reply",
    "desk_margin_resolve",
    "desk_margin_reopen",
    "desk_framing",
    "desk_challenge_library",
    "desk_challenge_validate",
    "desk_challenge_unvalidate",
    "desk_challenge_move",
    "desk_challenge_remove",
    "desk_appearance",
    "desk_languages",
    "desk_legal",
    "desk_neighbourhoods",
}
EVERYDAY = {
    "desk_accompaniment",
    "desk_plan_withdraw",
    "desk_prolong",
    "desk_put_forward",
    "desk_close",
    "desk_archive",
    "desk_unarchive",
    "desk_give_up",
}
GRAVE = {
    "desk_open",
    "desk_plan",
    "desk_close_again",
}


def things(made: dict[str, Any]) -> dict[str, Any]:
    consultation = Consultation.objects.order_by("pk")[0]
    file = Document.objects.create(consultation=consultation, title="Le diagnostic", is_file=True)
    file.versions.create(number=1, kind="PDF", size=0, digest="0123456789abcdef0123", added_at=timezone.now())
    return {"logo": Logo.objects.create(png=b"PNG", digest="0123456789abcdef0123"), "file": file}


def values(address: Any, things: dict[str, Any]) -> dict[str, Any]:
    given: dict[str, Any] = {"consultation": "territoires-resilients", "start": "vide", "rest": "ecologie/"}
    if address.name.startswith("desk_margin_"):
        given |= {"field": "why", "number": 1}
    if address.name.startswith(("desk_document_version", "document_file")):
        given |= {"pk": things["file"].pk, "number": 1}
    if address.name == "desk_former_consultation_page":
        given["rest"] = "documents/"
    return given | ({"slug": "territoires-resilients"} if address.name.startswith("consultation") else {})


def on_pages(user: Any) -> None:
    number = Consultation.objects.count()
    given = {"slug": f"autre-{number}", "title": "Nos rues", "question": "Que faire de nos rues ?"}
    Consultation.objects.create(**given, opened_at=timezone.now())
