"""What a city takes with it of imports (common.citycopy): that they were made, and by whom. Not the files."""

from django.utils.translation import gettext_lazy as _

from common.citycopy import in_city_copies, in_words
from consultations.imports.models import Import, ImportFile, ImportPart

in_city_copies(
    Import,
    title=_("Imports of consultations held elsewhere"),
    complete="id format state names consultation_id created_by_id created_at ended_at",
    never="digest said result revision",
)
in_city_copies(ImportFile, never="id of_id name size is_left")
in_city_copies(ImportPart, never="id file_id position content")

in_words(
    {
        "imports_import.format": _("from which platform"),
        "imports_import.names": _("names of the files"),
        "imports_import.created_by_id": _("who sent the files"),
        "imports_import.ended_at": _("when it was imported, or undone"),
    }
)
