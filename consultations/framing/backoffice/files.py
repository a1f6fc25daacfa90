"""The city's desk: documents that are files, and their versions."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.permissions import Asks, role_required, signed_in_user
from common.pictures import count_pictures
from common.requests import Request
from consultations.framing.abilities import FRAME
from consultations.framing.backoffice.chosen import of_consultation
from consultations.framing.backoffice.forms import FileForm, VersionForm
from consultations.framing.backoffice.margins import for_those_who_frame
from consultations.framing.files import sent
from consultations.framing.models import Consultation, Document
from consultations.framing.selectors import documents_of
from consultations.framing.services.consultations import refuse_archived
from consultations.framing.services.documents import (
    DocumentExists,
    TooManyDocuments,
    TooManyFileVersions,
    add_file,
    replace_file,
)


@role_required(FRAME, second_factor=Asks.ONCE_OPEN)
@of_consultation
def add(request: HttpRequest, consultation: Consultation) -> HttpResponse:
    refuse_archived(consultation)
    form = _form(request, FileForm)
    if form.is_valid():
        try:
            add_file(consultation=consultation, actor=signed_in_user(request), at=timezone.now(), **form.cleaned_data)
        except DocumentExists as refusal:
            form.add_error("title", str(refusal.message))
        except TooManyDocuments as refusal:
            form.add_error(None, str(refusal.message))
        else:
            messages.success(request, _("The file is among the documents to read."))
            return redirect("desk_documents", consultation.slug)
    return render(
        request,
        "framing/backoffice/document_file.html",
        {"form": form, "consultation": consultation},
        status=422 if form.errors else 200,
    )


@role_required(FRAME, second_factor=Asks.ONCE_OPEN)
@of_consultation
def versions(request: HttpRequest, consultation: Consultation, pk: int) -> HttpResponse:
    """All of a file, and the form for another one."""
    document = _document(consultation, pk)
    if request.method == "POST":
        refuse_archived(consultation)
    latest = document.latest
    form = _form(
        request,
        VersionForm,
        initial={"description": latest.description, "is_accessible": latest.is_accessible} if latest else {},
    )
    if form.is_valid():
        try:
            replace_file(document=document, actor=signed_in_user(request), at=timezone.now(), **form.cleaned_data)
        except TooManyFileVersions as refusal:
            form.add_error(None, str(refusal.message))
        else:
            messages.success(
                request, _("The new version is the one that people read. Your team keeps the earlier ones.")
            )
            return redirect("desk_document_versions", consultation.slug, pk)
    context = {"form": form, "consultation": consultation, "document": document, "versions": document.versions.all()}
    return render(request, "framing/backoffice/document_versions.html", context, status=422 if form.errors else 200)


@require_safe
@for_those_who_frame
@of_consultation
def version(request: Request, consultation: Consultation, pk: int, number: int) -> HttpResponse:
    """Any version, whatever the state of the consultation."""
    document = _document(consultation, pk)
    found = next((each for each in document.versions.all() if each.number == number), None)
    if found is None:
        raise Http404
    return sent(request, document, found, kept=False)


def _document(consultation: Consultation, pk: int) -> Document:
    found = next((each for each in documents_of(consultation) if each.pk == pk and each.is_file), None)
    if found is None:
        raise Http404
    found.consultation = consultation
    return found


def _form(request: HttpRequest, kind: type[FileForm], **given: Any) -> FileForm:
    if request.method != "POST":
        return kind(**given)
    count_pictures(request)
    return kind(request.POST, request.FILES, **given)
