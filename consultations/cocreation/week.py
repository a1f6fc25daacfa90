"""What the week asks for those who write together (common.worklist)."""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial

from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.templatetags.ui import figure
from common.worklist import A_MONTH, Asked, Line, Sending, When, lines
from consultations.cocreation.actions import MERGE, REWORK
from consultations.cocreation.enums import Consent, MergeState
from consultations.cocreation.models import MergeRequest, MergeSource
from consultations.cocreation.selectors.coauthors import left_alone
from consultations.cocreation.services.reminding import remind_authors
from consultations.participation.abilities import FACILITATE
from consultations.participation.enums import Status
from consultations.participation.models import WRITTEN_HERE, Argument, Proposal

# How long an argument waits for its answer before the team hears of it.
_SILENT = timedelta(days=10)
_SHOWN, _COUNTED = 3, 100


@lines(queries=1)
def silent_authors(asked: Asked) -> Iterator[Line]:
    """Proposals of which an argument has waited long. At most a hundred are counted: one goes through some of them."""
    if not asked.calendar.may(REWORK):
        return
    unanswered = Argument.objects.filter(
        proposal=OuterRef("pk"), status=Status.PUBLISHED, verdict="", submitted_at__lt=asked.at - _SILENT
    )
    found = list(
        Proposal.objects.published()
        .annotate(said=F("for_count") + F("against_count") + F("improve_count"))
        .filter(Exists(unanswered), said__gt=0, challenge__consultation=asked.consultation, merged_into=None)
        .filter(Q(import_ref=None), author__is_active=True)
        .only("title", "status")
        .order_by("-pk")[: _COUNTED + 1]
    )
    if not found:
        return
    count = len(found)
    if count > _COUNTED:
        title = _("The authors of more than %(count)s proposals have not answered") % {"count": figure(_COUNTED)}
    else:
        told = ngettext(
            "The authors of %(count)s proposal have not answered",
            "The authors of %(count)s proposals have not answered",
            count,
        )
        title = told % {"count": figure(count)}
    yield Line(
        kind="cocreation.silent_authors",
        title=title,
        links=tuple((proposal.title, proposal.get_absolute_url()) for proposal in found[:_SHOWN]),
        why=_("Arguments have waited for %(days)s days. A word under them, or your help, gets things going again.")
        % {"days": _SILENT.days},
        minutes=5 * min(count, _SHOWN),
        roles=FACILITATE.in_team,
        url=found[0].get_absolute_url(),
        verb=_("Read the first one"),
        when=When.WEEK,
        amount=count,
        by_hand=True,
        animates=True,
        rests=A_MONTH,
        sending=_reminder([proposal.pk for proposal in found[:_COUNTED]]),
    )


def _reminder(proposals: list[int]) -> Sending:
    """To whoever works on them: a notice, in the words of the house (worklist.notices)."""
    to = ngettext("the authors of %(count)s proposal", "the authors of %(count)s proposals", len(proposals))
    return Sending(
        to=to % {"count": figure(len(proposals))},
        words=_("Arguments have waited for your answer on “…”. A word is enough: taken up, or not, and why."),
        send=partial(remind_authors, proposals=proposals),
        is_editable=False,
    )


@lines(queries=1)
def alone(asked: Asked) -> Iterator[Line]:
    """Proposals whose authors have left. Those imported, or given offline, never had any here."""
    count = left_alone().filter(WRITTEN_HERE, challenge__consultation=asked.consultation).count()
    if not count:
        return
    told = ngettext("%(count)s proposal whose author has left", "%(count)s proposals whose authors have left", count)
    yield Line(
        kind="cocreation.alone",
        title=told % {"count": figure(count)},
        why=_("Nobody answers what people say of them any more."),
        minutes=5 * count,
        roles=FACILITATE.in_team,
        url=reverse("desk_alone"),
        verb=_("Take care of them"),
        when=When.LATER,
        amount=count,
    )


@lines(queries=1)
def answered_merges(asked: Asked) -> Iterator[Line]:
    """Merge requests that nobody's answer is awaited for: to be published, or given up."""
    if not asked.calendar.may(MERGE):
        return
    sources = MergeSource.objects.filter(collective=OuterRef("pk"))
    agreed = Q(consent=Consent.AGREED, revision=OuterRef("revision"))
    found = list(
        MergeRequest.objects.filter(
            ~Exists(sources.exclude(agreed).exclude(consent=Consent.DECLINED)),
            challenge__consultation=asked.consultation,
            state=MergeState.ASKING,
        )
        .only("title")
        .order_by("started_at", "pk")[: _COUNTED + 1]
    )
    if not found:
        return
    count = len(found)
    told = ngettext(
        "%(count)s merge request has all its answers", "%(count)s merge requests have all their answers", count
    )
    yield Line(
        kind="cocreation.merges",
        title=told % {"count": figure(count)},
        links=tuple((each.title, reverse("merge", args=[each.pk])) for each in found[:_SHOWN]),
        why=_("To be published, or given up."),
        minutes=10 * count,
        roles=FACILITATE.in_team,
        url=reverse("merge", args=[found[0].pk]),
        verb=_("Settle it"),
        when=When.WEEK,
        amount=count,
    )
