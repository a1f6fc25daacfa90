"""What anybody may take along: the page, the files, what their columns are, the catalogue.

Machines ask, from anywhere and without a cookie: files are the same for everyone, and a script of another site may read
them. Who has a file already asks whether it still is what it was.
"""

import json
from tempfile import TemporaryFile
from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import http_date, quote_etag
from django.views.decorators.http import require_safe

from common.requests import Request
from consultations.framing.context import remember
from consultations.opendata.catalogue import LICENCE, MEDIA_TYPES, catalogue_of
from consultations.opendata.models import OpenFile
from consultations.opendata.registry import feeds, table_named
from consultations.opendata.schema import schema_of
from consultations.opendata.selectors import content_of, open_data, open_file, opened

_FOR_ALL = {"Access-Control-Allow-Origin": "*", "X-Content-Type-Options": "nosniff"}


@require_safe
def index(request: Request) -> HttpResponse:
    found = open_data()
    context = {
        "found": found,
        "licence": LICENCE,
        "as_of": found.built_at or timezone.now(),
        "catalogue_url": request.tenant.url.rstrip("/") + reverse("open_data_catalogue"),
    }
    return render(request, "opendata/resident/index.html", context)


@require_safe
def of_one(request: Request, slug: str) -> HttpResponse:
    consultation = get_object_or_404(opened(), slug=slug)
    remember(request, consultation)
    found = open_data(slug)
    context = {
        "found": found,
        "shown": found.consultations[0],
        "consultation": consultation,
        "licence": LICENCE,
        "feeds": [(each.label, each.path(consultation)) for each in feeds],
    }
    return render(request, "opendata/resident/of_one.html", context)


@require_safe
def columns(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    table = table_named(name)
    if table is None or not opened().filter(slug=slug).exists():
        raise Http404
    return _json(schema_of(table), "application/json")


@require_safe
def catalogue(request: Request) -> HttpResponse:
    found = catalogue_of(request.tenant, open_data(), at=timezone.now())
    return _json(found, "application/ld+json")


def _json(found: dict[str, Any], media_type: str) -> HttpResponse:
    content = json.dumps(found, ensure_ascii=False, indent=1)
    headers = {**_FOR_ALL, "Cache-Control": "public, no-cache"}
    return HttpResponse(content, content_type=f"{media_type}; charset=utf-8", headers=headers)


@require_safe
def file(request: HttpRequest, slug: str, name: str, ending: str) -> HttpResponseBase:
    found = open_file(slug=slug, name=f"{name}.{ending}")
    if found is None:
        raise Http404
    etag, changed = quote_etag(found.digest), int(found.changed_at.timestamp())
    headers = {**_FOR_ALL, "Cache-Control": "public, no-cache", "ETag": etag, "Last-Modified": http_date(changed)}
    unchanged = get_conditional_response(request, etag=etag, last_modified=changed)
    if unchanged is not None:
        for key, value in headers.items():
            unchanged.headers[key] = value
        return unchanged
    return _in_full(found, slug, headers)


def _in_full(found: OpenFile, slug: str, headers: dict[str, str]) -> FileResponse:
    """On the disk first: while somebody far away takes it in, no connection to the database waits."""
    content = TemporaryFile()  # noqa: SIM115 (closed with the answer)
    for part in content_of(found):
        content.write(part)
    content.seek(0)
    media_type = f"{MEDIA_TYPES[found.ending]}; charset=utf-8"
    return FileResponse(
        content, as_attachment=True, filename=f"{slug}-{found.name}", content_type=media_type, headers=headers
    )
