"""What the trail keeps of imports, in words (common.trail)."""

from django.utils.translation import gettext_lazy as _

from common.trail import concerns, records
from consultations.imports.models import Import

records(
    {
        "import_begun": _("Files sent for an import"),
        "import_started": _("Import started"),
        "import_given_up": _("Import given up before it was made"),
        "import_undone": _("Import undone, with all that it had brought"),
    }
)
concerns(Import, _("Import"), title=lambda each: each.names, address="desk_import")
