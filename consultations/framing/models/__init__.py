from consultations.framing.models.consultations import (
    Calendar,
    Challenge,
    Consultation,
    LegalIdentity,
    Logo,
    Phase,
    PreviewLink,
)
from consultations.framing.models.documents import Document, DocumentPart, DocumentVersion
from consultations.framing.models.margins import MarginComment

__all__ = [
    "Calendar",
    "Challenge",
    "Consultation",
    "Document",
    "DocumentPart",
    "DocumentVersion",
    "LegalIdentity",
    "Logo",
    "MarginComment",
    "Phase",
    "PreviewLink",
]
