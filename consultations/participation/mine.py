"""What participation shows on « ma participation » (common.mine)."""

from collections.abc import Iterator

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.mine import Mine, Step, next_steps, own_list
from common.templatetags.languages import as_written
from common.templatetags.ui import day
from consultations.framing.selectors import where_open
from consultations.participation.actions import ARGUE, PROPOSE, REACT
from consultations.participation.enums import Stage, Status
from consultations.participation.models import Argument, Draft, Follow, Proposal, Reaction, worked_on_by
from consultations.participation.registry import settled
from consultations.participation.selectors.lists import call_of
from consultations.participation.selectors.mine import (
    MAX,
    TEXTS_OF_PROPOSAL,
    my_arguments,
    my_drafts,
    my_follows,
    my_proposals,
    writable,
)

HELPED_MAX = 3
# A reaction is asked for its reason twice at most (Reaction.asked).
ASKED_MAX = 2

_FOLDER = "participation/resident"
own_list("propositions", gettext_lazy("All your proposals"), f"{_FOLDER}/_my_proposals.html", my_proposals)
own_list("arguments", gettext_lazy("All your arguments"), f"{_FOLDER}/_my_arguments.html", my_arguments)
own_list("suivis", gettext_lazy("All that you follow"), f"{_FOLDER}/_my_follows.html", my_follows)


@next_steps(weight=50)
def finish(mine: Mine) -> Iterator[Step]:
    """Drafts of what may be proposed now."""
    where = where_open(PROPOSE, mine)
    for draft in mine.once(my_drafts):
        if draft.challenge.consultation_id not in where:
            continue
        yield Step(
            "pen",
            _("Your draft waits to be finished"),
            _("“%(title)s”, kept on %(day)s") % {"title": name_of(draft), "day": day(draft.updated_at)},
            _("Finish it"),
            reverse("draft_review", args=[draft.pk]),
        )


def name_of(draft: Draft) -> str:
    """Its title or its first words."""
    words = draft.title or draft.solution or draft.problem or draft.benefit
    return words if len(words) <= 70 else f"{words[:69].rstrip()}…"


@next_steps(weight=60)
def confirm(mine: Mine) -> Iterator[Step]:
    """Reactions given to a text that has changed since."""
    found = _reactions(mine, REACT).filter(version__lt=F("proposal__version"))
    for reaction in found.order_by(F("proposal__reworked_at").desc(nulls_last=True), "-pk")[:MAX]:
        yield Step(
            "eye",
            _("A text has changed since you reacted"),
            as_written(reaction.proposal.title),
            _("Confirm or change my opinion"),
            f"{reaction.proposal.get_absolute_url()}#reaction",
        )


@next_steps(weight=70)
def say_why(mine: Mine) -> Iterator[Step]:
    """The last reaction without a reason: one, not a list of omissions."""
    argued = Argument.objects.filter(author=mine.user, proposal=OuterRef("proposal"))
    found = _reactions(mine, ARGUE).filter(~Exists(argued), version=F("proposal__version"), asked__lt=ASKED_MAX)
    found = found.exclude(proposal__in=Proposal.objects.filter(settled()).order_by().values("pk"))
    for reaction in found.order_by("-updated_at", "-pk")[:1]:
        yield Step(
            "reply",
            _("You gave your opinion. Would you like to say why?"),
            as_written(reaction.proposal.title),
            _("Say why"),
            f"{reaction.proposal.get_absolute_url()}?argumenter#argumenter",
        )


@next_steps(weight=80)
def help_with_an_argument(mine: Mine) -> Iterator[Step]:
    """Of the challenges that they follow or took part in: what an argument of theirs would help most, and why."""
    user = mine.user
    challenges = (
        Q(challenge__in=Follow.objects.filter(user=user, challenge__isnull=False).values("challenge"))
        | Q(challenge__in=Reaction.objects.filter(user=user).values("proposal__challenge"))
        | Q(challenge__in=Argument.objects.filter(author=user).values("proposal__challenge"))
        | Q(challenge__in=Proposal.objects.filter(worked_on_by(user)).values("challenge"))
    )
    known = Argument.objects.filter(author=user, proposal=OuterRef("pk"))
    said = Reaction.objects.filter(user=user, proposal=OuterRef("pk"))
    one_sided = Q(for_count__gte=2, against_count=0) | Q(against_count__gte=2, for_count=0)
    found = (
        writable(mine, ARGUE)
        .filter(challenges, ~Exists(known), ~Exists(said), ~worked_on_by(user))
        .filter(~settled(), stage__in=[Stage.IDEA, Stage.ARGUMENTS])
        .annotate(given=F("for_count") + F("against_count") + F("improve_count"))
        .filter(Q(given=0) | one_sided)
        .select_related("challenge")
        .order_by("given", "-like_count", "-pk")[:HELPED_MAX]
    )
    for proposal in found:
        url = f"{proposal.get_absolute_url()}?argumenter#argumenter"
        yield Step("reply", as_written(proposal.title), call_of(proposal), _("Give an argument"), url)


def _reactions(mine: Mine, action: str) -> QuerySet[Reaction]:
    found = Reaction.objects.filter(
        user=mine.user,
        proposal__status=Status.PUBLISHED,
        proposal__merged_into=None,
        proposal__challenge__consultation__in=where_open(action, mine),
    )
    return found.select_related("proposal").defer(*TEXTS_OF_PROPOSAL)
