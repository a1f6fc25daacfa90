"""What moderation finds odd about an opening: it holds nothing back (framing.opening_warnings)."""

from collections.abc import Iterator

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.selectors import COME_IN
from common.templatetags.ui import last_day
from consultations.framing.abilities import DECIDING
from consultations.framing.enums import WRITING, ModeratedBy
from consultations.framing.models import Calendar, Consultation
from consultations.framing.opening_warnings import OpeningWarning, warns_of_opening
from consultations.moderation.elections import VOTES
from tenants.models import Municipality

_BOUND = gettext_lazy(
    "In the six months before %(vote)s an authority may not advertise its achievements (code électoral, article "
    "L. 52-1). Ask and inform, without praise of what you did."
)
# As the banner of the desk says it (moderation/backoffice/_elections.html).
_DISPUTED = gettext_lazy(
    "Before %(vote)s, whether the rule on advertising one’s achievements (code électoral, article L. 52-1) binds you "
    "is not settled: to follow it is the safe course. Ask and inform, without praise of what you did."
)


@warns_of_opening
def of_elections(
    consultation: Consultation, calendar: Calendar, municipality: Municipality
) -> Iterator[OpeningWarning]:
    writing = [each for each in calendar.phases if each.kind in WRITING and each.opens_at and each.closes_at]
    if not writing:
        return
    first = timezone.localdate(min(each.opens_at for each in writing if each.opens_at))
    last = max(last_day(each.closes_at) for each in writing if each.closes_at)
    for vote in VOTES:
        if municipality.kind in vote.kinds and first < vote.ends and last >= vote.begins:
            said = _DISPUTED if vote.is_disputed else _BOUND
            yield OpeningWarning(_("People take part in the months before a vote"), str(said) % {"vote": vote.name})


@warns_of_opening
def of_one_alone(
    consultation: Consultation, calendar: Calendar, municipality: Municipality
) -> Iterator[OpeningWarning]:
    if consultation.moderated_by == ModeratedBy.OPERATORS:
        return
    roles = DECIDING[ModeratedBy(consultation.moderated_by)]
    if User.objects.filter(COME_IN, is_active=True, role__in=roles).count() != 1:
        return
    if consultation.reads_first:
        yield OpeningWarning(
            _("One person alone reads before publication"),
            _("Whatever people write waits for them, holidays and illness included. Invite a second person."),
        )
    yield OpeningWarning(
        _("One person alone moderates"),
        _("To hide what criticises the authority takes two persons, and an appeal is answered by another one."),
    )
