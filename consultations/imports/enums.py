from django.db import models
from django.utils.translation import pgettext_lazy


class ImportState(models.TextChoices):
    """LOOKING: a worker reads the files, and writes nothing. LOOKED: somebody may say what is missing, then import."""

    LOOKING = "LOOKING", pgettext_lazy("import", "Being read")
    LOOKED = "LOOKED", pgettext_lazy("import", "Read, not imported")
    RUNNING = "RUNNING", pgettext_lazy("import", "Being imported")
    DONE = "DONE", pgettext_lazy("import", "Imported")
    UNDONE = "UNDONE", pgettext_lazy("import", "Undone")
