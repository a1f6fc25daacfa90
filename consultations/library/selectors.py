"""Reading the library: from the public site, and from a city's schema (read-only there)."""

from dataclasses import dataclass, field

from django.db.models import Count

from accounts.models import AuditEntry
from consultations.library.enums import ChangeKind
from consultations.library.models import ChallengeSet, ChallengeTemplate

DEFAULT_SET = "territoires-resilients"


# ── What is offered ───────────────────────────────────────────────────────────


def latest_sets() -> list[ChallengeSet]:
    """The newest published version of each set on offer, with its challenges, the default one first."""
    newest = (
        ChallengeSet.objects.published()
        .order_by("code", "-version", "-pk")
        .distinct("code")
        .prefetch_related("challenges")
    )
    offered = [challenge_set for challenge_set in newest if challenge_set.withdrawn_at is None]
    return sorted(offered, key=lambda challenge_set: (challenge_set.code != DEFAULT_SET, challenge_set.title))


def latest_set(code: str) -> ChallengeSet:
    """The newest published version of a set with its challenges, on offer or withdrawn since.

    Raises ChallengeSet.DoesNotExist.
    """
    newest = ChallengeSet.objects.published().filter(code=code).newest_first().prefetch_related("challenges")[:1]
    for challenge_set in newest:
        return challenge_set
    raise ChallengeSet.DoesNotExist(code)


def set_version(code: str, version: int) -> ChallengeSet:
    """One published version with its challenges. Raises ChallengeSet.DoesNotExist."""
    return ChallengeSet.objects.published().prefetch_related("challenges").get(code=code, version=version)


def template_at(set_code: str, template_code: str, version: int) -> ChallengeTemplate | None:
    """A challenge as a published version had it; None where that version had none of that code."""
    return (
        ChallengeTemplate.objects.filter(
            challenge_set__code=set_code,
            challenge_set__version=version,
            challenge_set__published_at__isnull=False,
            code=template_code,
        )
        .select_related("challenge_set")
        .first()
    )


# ── What changed ──────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class ChallengeChange:
    """What became of one challenge between two versions."""

    code: str
    kind: ChangeKind
    before: ChallengeTemplate | None
    after: ChallengeTemplate | None
    # Names of ChallengeTemplate.CONTENT, in its order: those that differ, or all that came or went.
    fields: tuple[str, ...]


def changes_between(set_code: str, old_version: int, new_version: int) -> list[ChallengeChange]:
    """What a later published version changes, in its order, then what it leaves out.

    A mere change of place is none. Raises ChallengeSet.DoesNotExist where either version was never published.
    """
    if old_version == new_version:
        return []
    return changes(before=set_version(set_code, old_version), after=set_version(set_code, new_version))


def changes(*, before: ChallengeSet, after: ChallengeSet) -> list[ChallengeChange]:
    """The same for any two versions, drafts too."""
    old = {template.code: template for template in before.challenges.all()}
    new = {template.code: template for template in after.challenges.all()}
    found = [_change(code, old.get(code), template) for code, template in new.items()]
    found += [_change(code, template, None) for code, template in old.items() if code not in new]
    return [change for change in found if change.fields]


def _change(code: str, before: ChallengeTemplate | None, after: ChallengeTemplate | None) -> ChallengeChange:
    if before and after:
        differing = (name for name in ChallengeTemplate.CONTENT if getattr(before, name) != getattr(after, name))
        return ChallengeChange(code, ChangeKind.CHANGED, before, after, tuple(differing))
    kind = ChangeKind.ADDED if after else ChangeKind.REMOVED
    return ChallengeChange(code, kind, before, after, ChallengeTemplate.CONTENT)


# ── What operators see ────────────────────────────────────────────────────────


@dataclass
class Shelf:
    """All versions of one set, the newest first; each has its `challenge_count`."""

    code: str
    versions: list[ChallengeSet] = field(default_factory=list)

    @property
    def newest(self) -> ChallengeSet | None:
        """What new cities start from, if anything was ever published."""
        return next((version for version in self.versions if not version.is_draft), None)

    @property
    def draft(self) -> ChallengeSet | None:
        return next((version for version in self.versions if version.is_draft), None)

    @property
    def shown(self) -> ChallengeSet:
        """The version whose title names the set."""
        return self.newest or self.versions[0]


def shelves(code: str = "") -> list[Shelf]:
    """Every set (or the one of that code, or nothing), the default one first, then by title."""
    versions = ChallengeSet.objects.annotate(challenge_count=Count("challenges")).order_by("code", "-version", "-pk")
    found: dict[str, Shelf] = {}
    for version in versions.filter(code=code) if code else versions:
        found.setdefault(version.code, Shelf(version.code)).versions.append(version)
    return sorted(found.values(), key=lambda shelf: (shelf.code != DEFAULT_SET, shelf.shown.title.casefold()))


def any_version(code: str, version: int) -> ChallengeSet:
    """One version with its challenges, draft or published. Raises ChallengeSet.DoesNotExist."""
    return ChallengeSet.objects.prefetch_related("challenges").get(code=code, version=version)


def version_before(challenge_set: ChallengeSet) -> ChallengeSet | None:
    """The published version that it came after, with its challenges."""
    earlier = ChallengeSet.objects.published().filter(code=challenge_set.code, version__lt=challenge_set.version)
    return earlier.newest_first().prefetch_related("challenges").first()


def draft_of(code: str) -> ChallengeSet | None:
    """What operators are writing, with its challenges."""
    return ChallengeSet.objects.drafts().filter(code=code).prefetch_related("challenges").first()


def history_of(code: str) -> list[AuditEntry]:
    """Who did what to a set, the last thirty things, the latest first."""
    entries = AuditEntry.objects.filter(subject_type="library.challengeset", details__code=code)
    return list(entries.select_related("actor").order_by("-at", "-pk")[:30])
