"""What the desk shows of imports."""

from django.core.cache import cache

from consultations.imports.models import Import


def progress_key(import_id: int) -> str:
    return f"import-progress:{import_id}"


def progress(found: Import) -> int | None:
    """How many lines a worker has read; None while none has begun."""
    count: int | None = cache.get(progress_key(found.pk))
    return count
