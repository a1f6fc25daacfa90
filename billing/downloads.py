"""Files that are given to keep."""

from django.http import HttpResponse
from django.utils.http import content_disposition_header


def given(content: bytes, name: str, media_type: str = "application/pdf") -> HttpResponse:
    """Nobody between us and the reader keeps it."""
    answer = HttpResponse(content, content_type=media_type)
    answer.headers["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or ""
    answer.headers["Cache-Control"] = "no-store"
    return answer
