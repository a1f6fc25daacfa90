"""The administrator's copy of everything the city has."""

from tempfile import TemporaryFile
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.audit import record
from accounts.permissions import ADMINISTRATORS, role_required, signed_in_user
from tenants.export import tables_of_present_city, write_export


@never_cache
@role_required(ADMINISTRATORS)
def export(request: HttpRequest) -> HttpResponse:
    return render(request, "tenants/backoffice/export.html", {"tables": tables_of_present_city()})


@require_POST
@role_required(ADMINISTRATORS)
def download(request: HttpRequest) -> Any:
    """Made whole before the first byte leaves: a copy that breaks off would look like one."""
    city, at = request.tenant, timezone.now()  # type: ignore[attr-defined]
    file = TemporaryFile()  # noqa: SIM115 (the response closes it)
    write_export(municipality=city, target=file, at=at)
    record("city_exported", actor=signed_in_user(request), subject=city)
    file.seek(0)
    name = f"{city.slug}-{timezone.localtime(at):%Y-%m-%d}.zip"
    return FileResponse(file, as_attachment=True, filename=name, headers={"Cache-Control": "no-store"})
