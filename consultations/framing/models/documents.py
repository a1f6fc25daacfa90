"""What one should know before answering."""

from django.db import models
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.files import MEDIA_TYPES, FileKind
from consultations.framing.models.consultations import Consultation

_IS_LINK, _IS_TEXT, _IS_FILE = ~models.Q(url=""), ~models.Q(text=""), models.Q(is_file=True)


class Document(models.Model):
    """What one should know before answering: a page elsewhere, a text kept here, or a file with its versions."""

    consultation = models.ForeignKey(Consultation, on_delete=models.CASCADE, related_name="documents", db_index=False)
    title = models.CharField(max_length=120)
    url = models.URLField(max_length=500, blank=True)
    text = models.TextField(blank=True)
    is_file = models.BooleanField(default=False, db_default=False)
    added_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["added_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=(_IS_LINK & ~_IS_TEXT & ~_IS_FILE)
                | (~_IS_LINK & _IS_TEXT & ~_IS_FILE)
                | (~_IS_LINK & ~_IS_TEXT & _IS_FILE),
                name="document_is_a_link_a_text_or_a_file",
            ),
            models.UniqueConstraint(fields=["consultation", "title"], name="document_title_once"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def latest(self) -> "DocumentVersion | None":
        """Of one that was read with its versions, the newest first: what residents get."""
        return next(iter(self.versions.all()), None)


class DocumentVersion(models.Model):
    """A file as it was at one time. Its bytes stand in parts, so that nobody holds all of them at once."""

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="versions", db_index=False)
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=FileKind)
    size = models.PositiveIntegerField(help_text="In bytes.")
    pages = models.PositiveSmallIntegerField(default=0, help_text="Of a PDF.")
    digest = models.CharField(max_length=20)
    description = models.CharField(max_length=300, blank=True, help_text="What it shows, in words.")
    is_accessible = models.BooleanField(default=False, help_text="Of a PDF: the city says so.")
    added_at = models.DateTimeField()

    class Meta:
        ordering = ["document", "-number"]
        constraints = [models.UniqueConstraint(fields=["document", "number"], name="document_version_once")]

    def __str__(self) -> str:
        return f"{self.document_id}.{self.number}"

    @property
    def is_picture(self) -> bool:
        return self.kind != FileKind.PDF

    @property
    def media_type(self) -> str:
        return MEDIA_TYPES[FileKind(self.kind)]

    @property
    def in_words(self) -> str:
        """What a link says of it beside its title: the kind, the size, whether everybody can read it."""
        if self.is_picture:
            return f"{_('image')}, {self.weight}"
        pages = ngettext("%(count)s page", "%(count)s pages", self.pages) % {"count": self.pages}
        readable = _("accessible") if self.is_accessible else _("not accessible")
        return f"PDF, {self.weight}, {pages}, {readable}"

    @property
    def weight(self) -> str:
        """In thousands or millions of bytes, as people read it."""
        if self.size < 1_000_000:
            return _("%(size)s kB") % {"size": max(1, round(self.size / 1000))}
        return _("%(size)s MB") % {"size": number_format(round(self.size / 1_000_000, 1))}


class DocumentPart(models.Model):
    """At most a megabyte of a version."""

    version = models.ForeignKey(DocumentVersion, on_delete=models.CASCADE, related_name="parts", db_index=False)
    position = models.PositiveSmallIntegerField()
    content = models.BinaryField()

    class Meta:
        ordering = ["version", "position"]
        constraints = [models.UniqueConstraint(fields=["version", "position"], name="document_part_once")]

    def __str__(self) -> str:
        return f"{self.version_id}.{self.position}"
