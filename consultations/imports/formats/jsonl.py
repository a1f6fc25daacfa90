"""Our own format, a JSON object a line (docs/import.md)."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consultations.imports.reading import Job, Lines, format_of
from consultations.imports.rows import FileNotRead


@format_of(
    "jsonl",
    gettext_lazy("A consultation of Territoires résilients (JSON Lines)"),
    gettext_lazy("What another authority of this service exported."),
    plain=False,
)
def read(job: Job) -> Lines:
    if len(job.files) != 1:
        raise FileNotRead(_("This format is one file: choose one alone."))
    with job.files[0].open() as lines:
        yield from lines
