"""Lines of the week that somebody has (common.assigned)."""

from collections.abc import Iterator

from django.utils import timezone

from accounts.models import User
from common.assigned import Assigned, assigns, lets_go
from consultations.portal.selectors.week import lines_assigned_to
from consultations.portal.services.week import let_go_of_lines

lets_go(let_go_of_lines)


@assigns
def lines(user: User) -> Iterator[Assigned]:
    for item, line in lines_assigned_to(user, at=timezone.now()):
        yield Assigned(
            title=str(line.title),
            asks=line.about or line.why,
            url=line.url,
            due_on=timezone.localdate(line.due_at) if line.due_at else None,
            item=item if line.by_hand else None,
            message=str(line.message),
        )
