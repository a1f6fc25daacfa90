"""Finding an authority by what people type: a name, ill-spelt or unfinished, a postcode, an INSEE code, a SIREN."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib.postgres.search import TrigramSimilarity, TrigramWordSimilarity
from django.db import transaction
from django.db.models import BooleanField, Case, F, Q, QuerySet, Value, When
from django.db.models.expressions import RawSQL

from common.db import connection
from onboarding.directory.former import authorities_of_name, commune_of_code
from onboarding.directory.other_names import Key
from onboarding.directory.words import LONGEST, abbreviated, plain
from onboarding.models import Authority
from tenants.enums import AuthorityKind

Authorities = QuerySet[Authority]

# How well an authority answers, best first.
EXACT, ARTICLE_LEFT_OUT, BEGINS, HAS_WORD, ONE_MISTAKE, SIMILAR = range(6)
# Homonyms that go before larger places whose names go on: "saint maur" may well mean Saint-Maur-des-Fossés.
HOMONYMS_FIRST = 3
# More than any name has homonyms.
READ = 30
# With fewer letters a mistake could make any name of any other, and half the names have such a word;
# no name is longer than the longest.
SHORTEST_MISTAKEN, LONGEST_MISTAKEN, SHORTEST_WORD = 4, 60, 3

_ARTICLES = ("le", "la", "les", "l")
_LETTERS = "abcdefghijklmnopqrstuvwxyz "
# The directory says "st": a word on its way to "saint" must find it, and "saint" itself not Strasbourg.
_ON_THE_WAY = {"sai": ["sai", "st "], "sain": ["sain", "st "], "saint": ["st "], "sainte": ["ste ", "stes"]}

# Municipal districts are parts of a commune: their names and codes lead to it.
_DISTRICTS = {"paris": ("75056", 751, 20), "lyon": ("69123", 6938, 9), "marseille": ("13055", 132, 16)}
_DISTRICT_CODES = {
    f"{prefix}{number:0{5 - len(str(prefix))}}": code
    for code, prefix, most in _DISTRICTS.values()
    for number in range(1, most + 1)
}
_NUMBERED = r"{} ?(?:er|ere|e|eme|ieme|nd|nde)?"
_DISTRICT = re.compile(
    rf"(?P<city>{'|'.join(_DISTRICTS)}) {_NUMBERED.format(r'(?P<number>[0-9]{1,2})')}(?: arr[a-z]*)?"
    rf"|{_NUMBERED.format(r'(?P<first_number>[0-9]{1,2})')} arr[a-z]* (?:de )?(?P<last_city>{'|'.join(_DISTRICTS)})"
)

_CODE = re.compile(r"[0-9]{1,14}|2[ab][0-9]{0,3}")
_CEDEX = re.compile(r" cedex( [0-9]+)?$")
_PLACE = r"[0-9]{2,5}|2[ab]"
_WITH_PLACE = re.compile(rf"(?P<first>{_PLACE}) (?P<after>.+)|(?P<before>.+) (?P<last>{_PLACE})")
_GROUP = (
    "cc|ca|cu|comcom|com com|agglo|agglomeration|metropole|intercommunalite|epci|communaute"
    "|communautes? de communes?|communautes? d agglo(?:meration)?|communautes? urbaines?"
)
# What Corse, Martinique, Guyane and the overseas collectivities are called: the law knows several words for them.
_COLLECTIVITY = "collectivite(?: territoriale| unique| d outre mer)?|assemblee|conseil territorial"
_WITH_KIND = {
    kind: re.compile(rf"(?:{names})(?: de la| de l| de| du| des| d)? (?P<after>.+)|(?P<before>.+) (?:{names})")
    for kind, names in {
        AuthorityKind.COMMUNE: "ville|commune (?:nouvelle|deleguee|associee)|commune|mairie(?: deleguee)?|municipalite",
        AuthorityKind.INTERCOMMUNALITY: _GROUP,
        AuthorityKind.DEPARTMENT: f"departement region|departement|conseil departemental|{_COLLECTIVITY}",
        AuthorityKind.REGION: f"region|conseil regional|{_COLLECTIVITY}",
    }.items()
}


@dataclass(frozen=True)
class _Reading:
    """One way to understand a query: plain words, to be found among some authorities."""

    words: str
    among: Authorities
    # Those that may have taken the place of what was said: the department Haute-Corse is part of a region.
    heirs: Authorities | None = None

    @property
    def among_heirs(self) -> Authorities:
        return self.among if self.heirs is None else self.heirs

    @property
    def name(self) -> str:
        return abbreviated(self.words)


def find_authorities(query: str, at_most: int = 5) -> list[Authority]:
    """The authorities that a query may mean, best first. It may be unfinished: a list can follow the typing.

    Exact answers come first, then names that begin so, then names with such a word, then names spelt
    otherwise; at equal rank communes, and the more populous first.
    """
    words = _CEDEX.sub("", plain(query[:LONGEST]))
    compact = words.replace(" ", "")
    if _CODE.fullmatch(compact):
        return _by_code(compact.upper(), at_most)
    city = _city_of_district(words)
    if city:
        return list(Authority.objects.filter(kind=AuthorityKind.COMMUNE, code=city))
    return _by_name(words, at_most) if words else []


# ── Codes ────────────────────────────────────────────────────────────────────


def _by_code(code: str, at_most: int) -> list[Authority]:
    siren = code[:9]  # a SIRET begins with its SIREN
    exact = Q(code__in=[siren, _DISTRICT_CODES.get(code, siren)]) | Q(siren=siren)
    commune, name = commune_of_code(code)
    former = Q(kind=AuthorityKind.COMMUNE, code=commune)
    begins = _at(code) if len(code) <= 5 else Q(siren__startswith=siren)
    found = _ranked(Authority.objects.filter(exact | former | begins), {0: exact, 1: former}, otherwise=2)[:at_most]
    for authority in found:
        if (authority.kind, authority.code) == (AuthorityKind.COMMUNE, commune):
            authority.former = name

    def rank(authority: Authority) -> tuple[int, int, int]:
        # Five digits are often the code of one commune and the postcode of another: the larger is meant.
        is_postcode = code in authority.postcodes.split()
        return (0 if is_postcode else authority.rank, *_standing(authority))  # type: ignore[attr-defined]

    return sorted(found, key=rank)


def _at(code: str) -> Q:
    """The filter for an INSEE code or postcode, whole or begun: a department's number."""
    return Q(code__startswith=code) | Q(postcodes__startswith=code) | Q(postcodes__contains=f" {code}")


def _city_of_district(words: str) -> str:
    found = _DISTRICT.fullmatch(words)
    if found is None:
        return ""
    code, _prefix, most = _DISTRICTS[found["city"] or found["last_city"]]
    return code if 1 <= int(found["number"] or found["first_number"]) <= most else ""


# ── Names ────────────────────────────────────────────────────────────────────


def _by_name(words: str, at_most: int) -> list[Authority]:
    readings = list(_readings(words))
    ranked = [
        (each.rank, place, each)  # type: ignore[attr-defined]
        for place, reading in enumerate(readings)
        for each in _well_spelt(reading)
    ]
    ranked += [(rank, len(readings), each) for reading in readings for rank, each in _by_former_name(reading)]
    if not ranked and " " in words:
        ranked = [(each.rank, 0, each) for each in _with_department_name(words)]  # type: ignore[attr-defined]
    ranked.sort(key=lambda row: (row[0], row[1], *_standing(row[2])))
    homonyms = [row for row in ranked if row[0] == EXACT]
    if len(homonyms) > HOMONYMS_FIRST:
        others = [(max(rank, BEGINS), place, each) for rank, place, each in ranked[HOMONYMS_FIRST:]]
        ranked[HOMONYMS_FIRST:] = sorted(others, key=lambda row: (row[0], row[1], *_standing(row[2])))
    found = list(dict.fromkeys(each for _rank, _place, each in ranked))
    if not ranked or ranked[0][0] > BEGINS:
        # What says most of the name itself: without a kind, a number.
        found += _ill_spelt(min(readings, key=lambda reading: len(reading.words)), at_most)
    return list(dict.fromkeys(found))[:at_most]


def _readings(words: str) -> Iterator[_Reading]:
    """The ways to understand the words: as they are; without the place or kind that they may name, among those; and so
    anywhere.
    """
    everywhere = among = Authority.objects.all()
    yield _Reading(words, among)
    located = _WITH_PLACE.fullmatch(words)
    if located:
        words = located["after"] or located["before"]
        place = (located["first"] or located["last"]).upper()
        among = among.filter(_at(place) | Q(department_code=place))
        yield _Reading(words, among)
    for kind, pattern in _WITH_KIND.items():
        if named := pattern.fullmatch(words):
            heirs = (kind, AuthorityKind.REGION) if kind == AuthorityKind.DEPARTMENT else (kind,)
            said = named["after"] or named["before"]
            yield _Reading(said, among.filter(kind=kind), among.filter(kind__in=heirs))
    if located:
        yield _Reading(words, everywhere)


def _well_spelt(reading: _Reading) -> Authorities:
    *before, last = reading.words.split()
    beginnings = [abbreviated(" ".join([*before, end])) for end in _ON_THE_WAY.get(last, [])] or [reading.name]
    if last in ("saint", "sainte"):
        beginnings = [f"{beginning} " if beginning.endswith(("st", "ste")) else beginning for beginning in beginnings]
    with_article = [f"{article} {reading.name}" for article in _ARTICLES if last not in _ON_THE_WAY]
    exact, article_left_out = Q(search_name=reading.name), Q(search_name__in=with_article)
    begins = Q()
    for beginning in beginnings + with_article:
        begins |= Q(search_name__startswith=beginning)
    wanted = exact | begins
    if len(reading.name) >= SHORTEST_WORD:
        wanted |= Q(search_name__contains=f" {reading.name}")
    ranks = {EXACT: exact, ARTICLE_LEFT_OUT: article_left_out, BEGINS: begins}
    return _ranked(reading.among.filter(wanted), ranks, otherwise=HAS_WORD)[:READ]


def _by_former_name(reading: _Reading) -> Iterator[tuple[int, Authority]]:
    """Those that have the name too, or a part of which has it; behind those that bear it."""
    if len(reading.name) < SHORTEST_MISTAKEN:
        return
    found: dict[Key, tuple[str, bool]] = {}
    article, _space, rest = reading.name.partition(" ")
    named = authorities_of_name(reading.name, at_most=READ)
    if article in _ARTICLES:
        named += [each for each in authorities_of_name(rest, at_most=READ) if each[2]]
    for key, name, is_whole in named:
        found.setdefault(key, (name, is_whole))
    if not found:
        return
    codes = {code for _kind, code in found}
    for authority in reading.among_heirs.filter(code__in=codes).order_by("kind", "code"):
        if meant := found.get((AuthorityKind(authority.kind), authority.code)):
            authority.former, is_whole = meant
            yield (ARTICLE_LEFT_OUT if is_whole else BEGINS), authority


def _with_department_name(words: str) -> Authorities:
    """As in “Sainte-Colombe (Rhône)”: the name, in the department whose name ends the query."""
    name = abbreviated(words)
    departments = Authority.objects.filter(kind=AuthorityKind.DEPARTMENT).values_list("search_name", "code")
    for department, code in sorted(departments, key=lambda row: (-len(row[0]), row[1])):
        for said in (department, department.removeprefix("la ")):
            if name.endswith(f" {said}"):
                there = Authority.objects.filter(department_code=code)
                return _well_spelt(_Reading(name.removesuffix(f" {said}"), there))
    return Authority.objects.none()


def _ill_spelt(reading: _Reading, at_most: int) -> list[Authority]:
    name = reading.name
    if not SHORTEST_MISTAKEN <= len(name) <= LONGEST_MISTAKEN:
        return []
    # One array: hundreds of parameters would take longer to write than to find.
    is_meant = RawSQL("search_name = ANY(%s)", [_mistaken(name)], output_field=BooleanField())
    one_mistake = _ranked(reading.among.filter(is_meant), {}, otherwise=ONE_MISTAKE)
    similar = (
        reading.among.filter(Q(search_name__trigram_similar=name) | Q(search_name__trigram_word_similar=name))
        .annotate(likeness=TrigramSimilarity("search_name", name) + TrigramWordSimilarity(name, "search_name"))
        .order_by("-likeness", F("population").desc(nulls_last=True), "kind", "code")
    )
    with transaction.atomic(), connection.cursor() as cursor:
        # The planner fears hundreds of look-ups more than reading the whole table, wrongly.
        cursor.execute(
            "SELECT set_config('enable_seqscan', 'off', true), set_config('pg_trgm.similarity_threshold', %s, true)",
            [str(_least_likeness(name))],
        )
        return [*one_mistake[:at_most], *similar[:at_most]]


def _least_likeness(name: str) -> float:
    """The similarity to ask for: low enough for two mistakes in a short name, but thousands of names share "saint"."""
    return 0.4 if name.startswith(("st ", "ste ")) or len(name) > 14 else 0.3


def _mistaken(name: str) -> list[str]:
    """Every name one mistake away: a letter forgotten, added or wrong, or two exchanged."""
    cuts = [(name[:at], name[at:]) for at in range(len(name) + 1)]
    added = [before + after[1:] for before, after in cuts if after]
    exchanged = [before + after[1] + after[0] + after[2:] for before, after in cuts if len(after) > 1]
    other = [before + letter + after[1:] for before, after in cuts if after for letter in _LETTERS]
    forgotten = [before + letter + after for before, after in cuts for letter in _LETTERS]
    return list({*added, *exchanged, *other, *forgotten})


# ── Order ────────────────────────────────────────────────────────────────────

_KINDS = {kind: place for place, kind in enumerate(AuthorityKind.values)}


def _ranked(authorities: Authorities, ranks: dict[int, Q], *, otherwise: int) -> Authorities:
    rank = Case(*(When(condition, then=Value(rank)) for rank, condition in ranks.items()), default=Value(otherwise))
    kind = Case(*(When(kind=kind, then=Value(place)) for kind, place in _KINDS.items()))
    return authorities.annotate(rank=rank).order_by("rank", kind, F("population").desc(nulls_last=True), "code")


def _standing(authority: Authority) -> tuple[int, int]:
    """The rank among equals: communes, then groups, departments and regions; the more populous first."""
    return _KINDS[authority.kind], -(authority.population or 0)
