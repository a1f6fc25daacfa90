"""Opinions that somebody is asked for, and what goes with a role (common.assigned)."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from common.assigned import Assigned, assigns, lets_go
from consultations.outcomes.selectors.opinions import awaited_from
from consultations.outcomes.services.letting_go import let_go_of_answers

lets_go(let_go_of_answers)


@assigns
def opinions(user: User) -> Iterator[Assigned]:
    for opinion in awaited_from(user):
        yield Assigned(
            title=opinion.answer.proposal.title,
            asks=opinion.question or _("Your opinion on this proposal"),
            url=reverse("opinion", args=[opinion.pk]),
            due_on=opinion.due_on,
        )
