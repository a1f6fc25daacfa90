"""How long keys and answers are kept."""

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from common.retention import forgets, keeps, span
from rest.models import KeptAnswer, Token
from rest.services.idempotency import ANSWERS_KEPT

# One that is over stands in the list, so that its person knows why their program stopped.
OVER_SHOWN = timedelta(days=30)

_KEYS = keeps(
    127,
    _("Keys of the API that you make: name, scopes, dates"),
    _("To let your programs act in your name. The keys themselves are not kept."),
    format_lazy(_("{kept} after they expire or you take them away."), kept=span(OVER_SHOWN)),
)
_ANSWERS = keeps(
    128,
    _("Answers of the API to what you send with a key of repetition"),
    _("So that what is sent twice is done once."),
    format_lazy("{kept}.", kept=span(ANSWERS_KEPT)),
)


@forgets("keys of the API", _KEYS, in_read_only=True, in_public=True)
def keys_over(*, at: datetime) -> QuerySet[Token]:
    return Token.objects.filter(Q(expires_at__lt=at - OVER_SHOWN) | Q(revoked_at__lt=at - OVER_SHOWN))


@forgets("answers of the API", _ANSWERS, in_read_only=True, in_public=True)
def answers_over(*, at: datetime) -> QuerySet[KeptAnswer]:
    return KeptAnswer.objects.filter(created_at__lt=at - ANSWERS_KEPT)
