"""What the trail keeps of screening, in words (common.trail)."""

from django.utils.translation import gettext_lazy as _

from common.trail import records

records({"screening.lexicon_written": _("Version of the lexicon made")})
