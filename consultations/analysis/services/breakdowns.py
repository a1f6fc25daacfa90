"""Who took part, as it is published: anew once enough have come, and never so that a difference tells of somebody.

Counts of persons only grow, by versions. Whoever comes is in one version, by what they say of themselves on that day,
together with five others at least of other ages: and in no other, whatever they, or the city's list of neighbourhoods,
become. Whoever leaves stays in what was told. So what a reader of two versions learns is what the later one told
of those who came with it (common.masking.tell_growth), and that is nobody in particular.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from accounts.listing import follows_moves
from accounts.neighbourhoods import listed_neighbourhoods
from common.masking import LEAST, tell_growth
from consultations.analysis.enums import Dimension
from consultations.analysis.models import Attendance, Breakdown, CountedPerson
from consultations.analysis.selectors.attendance import Person, people_of
from consultations.analysis.services.day_figures import one_at_a_time
from consultations.framing.enums import ConsultationState
from consultations.framing.models import Consultation

# What somebody is, and what they did.
_ARE = (Dimension.AGE, Dimension.PLACE, Dimension.CAPACITY, Dimension.CHANNEL)
_DID = (Dimension.PROPOSED, Dimension.REACTED, Dimension.ARGUED)
# While people still come a breakdown is told anew with a tenth more of them: some forty versions up to a thousand.
_GROWTH = 10


def count_people(consultation: Consultation, *, at: datetime) -> int:
    """Bring what is published to the facts, as far as may be told; whether the number of all was wrong, as 0 or 1."""
    people = list(people_of(consultation.pk, places=frozenset(listed_neighbourhoods())))
    is_over = consultation.state(at) in (ConsultationState.CLOSED, ConsultationState.ARCHIVED)
    kept = Attendance.objects.filter(consultation=consultation).first()
    was_wrong = (kept.persons if kept else 0) != len(people)
    if kept is None and not people:
        return 0
    Attendance.objects.update_or_create(consultation=consultation, defaults={"persons": len(people), "counted_at": at})
    every = {each.dimension: each for each in Breakdown.objects.filter(consultation=consultation)}
    rows = {
        each: every.get(each) or Breakdown(consultation=consultation, dimension=each, told_at=at) for each in Dimension
    }
    for dimension in _DID:
        tell_act(rows[dimension], people, is_over=is_over, at=at)
    fresh = _not_counted(consultation, people, before=any(each in every for each in _ARE))
    if len(fresh) >= _enough(rows[Dimension.AGE].persons, is_over=is_over) and _are_several(fresh, people):
        for dimension in _ARE:
            tell(rows[dimension], fresh, at=at)
        _keep_counted(consultation, fresh)
    return int(was_wrong)


def _not_counted(consultation: Consultation, people: Sequence[Person], *, before: bool) -> list[Person]:
    counted = CountedPerson.objects.filter(consultation=consultation)
    known: set[int | str] = {user or name for user, name in counted.values_list("user", "imported")}
    fresh = [each for each in people if each.key not in known]
    if before and not known:  # told before it was kept who was counted
        _keep_counted(consultation, fresh)
        return []
    return fresh


def _keep_counted(consultation: Consultation, people: Iterable[Person]) -> None:
    CountedPerson.objects.bulk_create(
        CountedPerson(consultation=consultation, user_id=each.key)
        if isinstance(each.key, int)
        else CountedPerson(consultation=consultation, imported=each.key)
        for each in people
    )


def _are_several(fresh: Sequence[Person], people: Iterable[Person]) -> bool:
    """Not nearly all of one age, which nothing but these counts tells: it would be that of each of them who signs."""
    ages = Counter(each.parts[Dimension.AGE] for each in fresh)
    nobody_says_it = not any(each.parts[Dimension.AGE] for each in people)
    return nobody_says_it or len(fresh) - max(ages.values()) >= LEAST


def tell(row: Breakdown, fresh: Iterable[Person], *, at: datetime) -> None:
    """Make the next version, of those who are in none."""
    row.arrivals = [*row.arrivals, dict(Counter(each.parts[Dimension(row.dimension)] for each in fresh))]
    # All that there ever were: one that nobody is in any more keeps its place.
    names = sorted({name for version in row.arrivals for name in version})
    growth = [[version.get(part, 0) for part in names] for version in row.arrivals]
    for part, is_told in zip(names, tell_growth(growth, [row.told.get(part, []) for part in names]), strict=True):
        if is_told:
            row.told[part] = [*row.told.get(part, []), len(row.arrivals) - 1]
            row.shown[part] = sum(version.get(part, 0) for version in row.arrivals)
    row.persons, row.told_at = sum(map(sum, growth)), at
    row.save()


def tell_act(row: Breakdown, people: Sequence[Person], *, is_over: bool, at: datetime) -> None:
    """How many did something: anew once it is another number by enough of them, and five at least did not."""
    did = sum(Dimension(row.dimension) in each.did for each in people)
    before = row.shown.get("YES", 0)
    if abs(did - before) < _enough(before, is_over=is_over) or not LEAST <= did <= len(people) - LEAST:
        return
    row.shown, row.persons, row.told_at = {"YES": did}, len(people), at
    row.save()


def _enough(persons: int, *, is_over: bool) -> int:
    return LEAST if is_over else max(LEAST, persons // _GROWTH)


@follows_moves
def rename_places(moves: Mapping[str, str]) -> None:
    """A neighbourhood that is called otherwise keeps its counts. One that goes into another has none any more: what
    both were told with cannot be one count.
    """
    one_at_a_time()
    for row in Breakdown.objects.filter(dimension=Dimension.PLACE):
        there = {name for version in row.arrivals for name in version}
        for old, new in moves.items():
            if old in there and new not in there and list(moves.values()).count(new) == 1:
                row.arrivals = [{new if name == old else name: n for name, n in each.items()} for each in row.arrivals]
                for kept in (row.told, row.shown):
                    if old in kept:
                        kept[new] = kept.pop(old)
                there = there - {old} | {new}
                row.save()
