"""How a file is given to whoever may read it: never run, never mistaken for a page."""

from tempfile import TemporaryFile

from django.http import FileResponse, HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.utils.text import slugify

from consultations.framing.models import Document, DocumentVersion
from consultations.framing.selectors import content_of


def sent(request: HttpRequest, document: Document, version: DocumentVersion, *, kept: bool) -> HttpResponse:
    """A picture in its place, a PDF to be kept: no browser shows one in a sandbox. `kept`: whether by the browser,
    which then asks each time whether it has the latest; what is not public stays nowhere.
    """
    if not kept:
        return _in_full(document, version, {"Cache-Control": "private, no-store"})
    headers = {"Cache-Control": "private, no-cache", "ETag": quote_etag(version.digest)}
    unchanged = get_conditional_response(request, etag=headers["ETag"])
    if unchanged is None:
        return _in_full(document, version, headers)
    for name, value in headers.items():
        unchanged[name] = value
    return unchanged


def _in_full(document: Document, version: DocumentVersion, headers: dict[str, str]) -> HttpResponse:
    """On the disk first: while somebody far away takes it in, no connection to the database waits."""
    content = TemporaryFile()  # noqa: SIM115 (closed with the answer)
    for part in content_of(version):
        content.write(part)
    content.seek(0)
    ending = version.kind.lower().replace("jpeg", "jpg")
    return FileResponse(  # type: ignore[return-value]  # views may answer either
        content,
        as_attachment=not version.is_picture,
        filename=f"{slugify(document.title)[:60] or 'document'}.{ending}",
        content_type=version.media_type,
        headers={
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "X-Content-Type-Options": "nosniff",
            "Cross-Origin-Resource-Policy": "same-origin",
            **headers,
        },
    )
