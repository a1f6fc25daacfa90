"""The trail of a city as its administrators read it: who did what, and when, in words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.enums import TEAM_ROLES, Role
from accounts.models import AuditEntry, User
from common.trail import doers, label_of, particulars, private_actions, subjects

PAGE = 50
EVERYBODY = "tous"
_INTO_THE_TEAM = ("role_given", "team_invited", "team_joined", "team_role_changed", "team_removed")


@dataclass(frozen=True)
class Line:
    at: datetime
    who: str
    what: str
    about: str
    url: str = ""  # of a page about it, where there is one
    more: str = ""  # its particulars, where its app puts them in words


@dataclass(frozen=True)
class Journal:
    """A page of it, the last first. `older`: the number that the next page begins before; 0 where there is none."""

    lines: list[Line]
    older: int


def journal(
    *, person: str = "", action: str = "", since: date | None = None, until: date | None = None, before: int = 0
) -> Journal:
    """What the team and the provider did; with EVERYBODY, what residents did in public too; of one member, by number.

    How residents react, whom they follow and how they come in is nobody's business. Four queries, and one for
    each kind of thing that is named.
    """
    entries = _visible(person)
    if action:
        entries = entries.filter(action=action)
    here = timezone.get_current_timezone()
    if since is not None:
        entries = entries.filter(at__gte=datetime.combine(since, time.min, tzinfo=here))
    if until is not None:
        entries = entries.filter(at__lt=datetime.combine(until + timedelta(days=1), time.min, tzinfo=here))
    if before:
        entries = entries.filter(pk__lt=before)
    found = list(entries.order_by("-pk")[: PAGE + 1])
    shown = found[:PAGE]
    meant = {each.actor_id for each in shown} | {each.details.get("to") for each in shown}
    known = _Known(User.objects.in_bulk(meant - {None}))
    known.find(shown)
    return Journal([_line(each, known) for each in shown], shown[-1].pk if len(found) > PAGE else 0)


def _visible(person: str) -> QuerySet[AuditEntry]:
    team = _ever_in_the_team()
    if person == EVERYBODY:
        return AuditEntry.objects.exclude(~Q(actor__in=team) & Q(action__in=private_actions))
    if person.isdigit() and int(person) in team:
        return AuditEntry.objects.filter(actor=int(person))
    return AuditEntry.objects.filter(Q(actor__in=team) | Q(actor=None) & ~Q(action__in=private_actions))


def _ever_in_the_team() -> set[int]:
    """Whoever has left it did what they did. One query for those who are, one for those who were."""
    now = User.objects.filter(role__in=[*TEAM_ROLES, Role.DELEGATE]).values_list("pk", flat=True)
    once = AuditEntry.objects.filter(subject_type=User._meta.label_lower, action__in=_INTO_THE_TEAM)
    return {*now, *map(int, once.values_list("subject_id", flat=True))}


@dataclass(frozen=True)
class _Known:
    """Who and what the entries of a page name; titles and links by what they are about."""

    people: Mapping[int, User]
    titles: dict[tuple[str, str], str] = field(default_factory=dict)
    links: dict[tuple[str, str], str] = field(default_factory=dict)

    def find(self, entries: Iterable[AuditEntry]) -> None:
        """One query for each kind of thing that has a title or a link."""
        wanted: dict[str, set[str]] = {}
        for entry in entries:
            wanted.setdefault(entry.subject_type, set()).add(entry.subject_id)
        for label, keys in wanted.items():
            about = subjects.get(label)
            if about is None or about.title is about.link is None:
                continue
            rows = about.model._default_manager.select_related(*(about.beside or (None,)))
            for pk, row in rows.in_bulk([int(key) for key in keys]).items():
                self.titles[label, str(pk)] = about.title(row) if about.title else ""
                self.links[label, str(pk)] = about.link(row) if about.link else ""


def _line(entry: AuditEntry, known: _Known) -> Line:
    who, what, more = _who(entry, known.people), label_of(entry.action), _more(entry, known.people)
    about = subjects.get(entry.subject_type)
    if about is None:
        return Line(entry.at, who, what, "", more=more)
    subject = (entry.subject_type, entry.subject_id)
    said = {"what": about.words, "number": entry.subject_id}
    nameless = _("%(what)s no. %(number)s") % said if about.is_numbered else str(about.words)
    words = known.titles.get(subject) or entry.details.get("title") or nameless
    url = reverse(about.address, args=[int(entry.subject_id)]) if about.address else known.links.get(subject, "")
    return Line(entry.at, who, what, words, url, more)


def _more(entry: AuditEntry, people: Mapping[int, User]) -> str:
    tell, to = particulars.get(entry.action), entry.details.get("to")
    details = {**entry.details, "to": _name(people.get(to))} if to else entry.details
    return with_key(tell(details) if tell else "", entry)


def with_key(words: str, entry: AuditEntry) -> str:
    """And through which key of the API it was done, if one was."""
    if "api_key" not in entry.details:
        return words
    through = _("By key no. %(number)s of the API") % {"number": entry.details["api_key"]}
    return f"{words}\n{through}" if words else through


def _who(entry: AuditEntry, people: Mapping[int, User]) -> str:
    if entry.actor_id is None:
        return str(doers.get(entry.action, settings.SERVICE_NAME))
    return _name(people.get(entry.actor_id))


def _name(person: User | None) -> str:
    if person is None:
        return _("Account deleted since")
    if person.role == Role.DELEGATE:
        return str(person.get_role_display())
    return person.public_name or (person.email if person.is_staff_member else _("A participant"))
