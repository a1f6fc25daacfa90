"""What was done to what is one's own: by others, by the service, by oneself. Each app says which (`happens_to`)."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.enums import TEAM_ROLES, Role
from accounts.journal import PAGE, Journal, Line, with_key
from accounts.models import AuditEntry, User
from common.trail import Owned, label_of, owned, particulars


def own_journal(user: User, *, before: int = 0) -> Journal:
    """The last first. Two queries, one for each kind of thing that is declared, one for each that is shown."""
    theirs = Q(pk__in=[])
    for kind in owned:
        keys = [str(pk) for pk in kind.rows(user).values_list("pk", flat=True)]
        if keys:
            theirs |= Q(subject_type=kind.label, subject_id__in=keys, action__in=kind.actions)
    entries = AuditEntry.objects.filter(theirs)
    if before:
        entries = entries.filter(pk__lt=before)
    found = list(entries.order_by("-pk")[: PAGE + 1])
    shown = found[:PAGE]
    people = User.objects.in_bulk({each.actor_id for each in shown if each.actor_id})
    lines = [_line(each, kind, row, user, people) for each, kind, row in _with_rows(shown, user)]
    return Journal(lines, shown[-1].pk if len(found) > PAGE else 0)


def _with_rows(entries: list[AuditEntry], user: User) -> list[tuple[AuditEntry, Owned, Any]]:
    """With what they are about: it was theirs a moment ago, and may be gone by now."""
    kinds = {(kind.label, action): kind for kind in owned for action in kind.actions}
    keys: dict[int, set[int]] = {}
    for each in entries:
        keys.setdefault(id(kinds[each.subject_type, each.action]), set()).add(int(each.subject_id))
    rows = {
        (id(kind), str(row.pk)): row
        for kind in owned
        if id(kind) in keys
        for row in kind.rows(user).filter(pk__in=keys[id(kind)])
    }
    found = []
    for each in entries:
        kind = kinds[each.subject_type, each.action]
        row = rows.get((id(kind), each.subject_id))
        if row is not None:
            found.append((each, kind, row))
    return found


def _line(entry: AuditEntry, kind: Owned, row: Any, user: User, people: Mapping[int, User]) -> Line:
    who = _who(entry, kind, user, people)
    tell = particulars.get(entry.action)
    more = with_key(tell(entry.details) if tell else "", entry)
    return Line(entry.at, who, label_of(entry.action), kind.title(row), kind.address(row), more)


def _who(entry: AuditEntry, kind: Owned, user: User, people: Mapping[int, User]) -> str:
    """In words that name the role: a person is named where they act for the authority in public."""
    if entry.actor_id is None:
        return str(kind.unsigned)
    if entry.actor_id == user.pk:
        return _("You")
    person = people.get(entry.actor_id)
    if person is None or person.role == Role.PARTICIPANT:
        left = person is not None and person.role_before in TEAM_ROLES and entry.at < (person.role_since or entry.at)
        return _("Somebody of the team") if left else str(kind.others)
    if kind.is_signed and person.is_staff_member and person.public_name:
        return person.signed_name
    return str(person.get_role_display())
