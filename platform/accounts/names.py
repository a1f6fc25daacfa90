"""Which public names may be borne: not the authority's, not an elected function's, not another participant's.

Compared as a reader sees them (accounts.look_alikes).
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import groupby

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.enums import TEAM_ROLES
from accounts.look_alikes import DIRECTED, INSIDE, NONE, mixes_scripts, readings, skeleton, words_of
from accounts.models import KEY_MAX, NAME_MAX, User
from common.refusals import Refusal
from common.text import leads_somewhere


class NameRefused(Refusal):
    """`suggestion` is a name that is free."""

    status = 422
    suggestion = ""


class NameReserved(NameRefused):
    code = "name_reserved"
    message = _(
        "This name could be taken for that of the authority, of an elected person or of this service. Choose "
        "another: your first name and an initial, for instance."
    )


class NameHidden(NameRefused):
    code = "name_hidden"
    message = _("Moderation has hidden this name. Choose another; the decision says how to contest it.")


class NameMixed(NameRefused):
    code = "name_mixed"
    message = _("Write each word with the letters of one alphabet: some of these look like others.")


class NameLeadsSomewhere(NameRefused):
    """It would stand in mails to others, where it becomes a link."""

    code = "name_leads_somewhere"
    message = _("No link and no address in a public name, please: write words alone.")


class NameTaken(NameRefused):
    code = "name_taken"
    status = 409

    def __init__(self, suggestion: str) -> None:
        said = _(
            "Somebody takes part under this name already, or under one that looks like it. Keep “%(name)s”, or write "
            "something else: an initial, your street, a nickname."
        )
        super().__init__(said % {"name": suggestion})
        self.suggestion = suggestion


def check_name(name: str, *, user: User) -> None:
    """Raises NameRefused, unless it is the name that they have already. Staff may speak as the authority."""
    if name == user.public_name:
        return
    if leads_to_somebody(name):
        raise NameLeadsSomewhere
    if mixes_scripts(name) or DIRECTED.search(name):
        raise NameMixed
    if not user.is_staff_member and is_reserved(name):
        raise NameReserved
    if key_of(name) in {key_of(each) for namer in _hiders for each in namer(user)}:
        raise NameHidden
    if is_taken(name, user=user):
        raise NameTaken(free_name(name, user=user))


# Of a telephone; a name may have a year in it.
_DIGITS_OF_A_NUMBER = 8


def leads_to_somebody(name: str) -> bool:
    """An address, or a telephone number: nobody is sought out for what they said."""
    return leads_somewhere(name) or sum(map(str.isdigit, name)) >= _DIGITS_OF_A_NUMBER


def is_of_the_team(name: str) -> bool:
    """Whether somebody of the team has it: without their badge, who bore it too would be taken for them."""
    return User.objects.filter(name_key=key_of(name), role__in=TEAM_ROLES).exists()


def is_taken(name: str, *, user: User) -> bool:
    return User.objects.filter(name_key=key_of(name)).exclude(pk=user.pk).exists()


def free_name(name: str, *, user: User) -> str:
    """The name, if nobody has it; else with the first number after it that is free."""
    if not is_taken(name, user=user):
        return name
    number = 2
    while True:
        suffix = f" {number}"
        free = name[: NAME_MAX - len(suffix)].rstrip() + suffix
        if not is_taken(free, user=user):
            return free
        number += 1


def key_of(name: str) -> str:
    """Equal for names that could be taken for each other. A figure that stands by itself is one: "Marie Martin 2"."""
    return ("".join(words_of(name, figures=True, signs=INSIDE)) or name.casefold())[:KEY_MAX]


# ── What is reserved ─────────────────────────────────────────────────────────

# Whole words, or several one after the other, wherever they stand in a name. *Lemaire* and *Marie* are other words.
# Those of an office: who holds it says so, or an administrator for them (accounts.functions).
_OFFICES = """
maire, maires, mairesse, mairie, mairies, municipalité, hôtel de ville, conseil municipal, conseiller municipal,
conseillère municipale, conseillers municipaux, conseillères municipales, conseil départemental,
conseiller départemental, conseillère départementale, conseil régional, conseiller régional, conseillère régionale,
conseil communautaire, conseiller communautaire, conseillère communautaire, conseil métropolitain,
conseiller métropolitain, conseillère métropolitaine, adjoint au, adjointe au, adjoint à, adjointe à, élu, élue, élus,
élues, député, députée, sénateur, sénatrice, préfet, préfète, préfecture, ministre, ministère, police municipale,
équipe municipale, dgs, dga, directeur général des services, directrice générale des services, secrétariat général,
secrétaire général, secrétaire générale, gendarmerie, gendarme, commissariat, officiel, officielle, official,
administrateur, administratrice, administration, admin, webmaster, support technique, équipe du site,
équipe de la plateforme, compte vérifié, er adjoint, re adjointe, e adjoint, e adjointe, ème adjoint, ème adjointe,
premier adjoint, première adjointe, bourgmestre, mayor
"""
_ANYWHERE = f"""
{_OFFICES}, services municipaux, service municipal, bureau municipal, services techniques, ccas, cias, modérateur,
modératrice, modération, demande votre avis, modo, participation citoyenne
"""
# In a function, besides: a name may be that of President Street.
_OF_FUNCTIONS = f"""
{_OFFICES}, président, présidente, présidents, présidence, république, gouvernement, police, commissaire, sous préfet,
sous préfète, représentant de l état, représentante de l état, services de l état
"""
# Where nothing else is said but these, articles, and the names of the authority.
_ALONE = """
ville, commune, communes, collectivité, intercommunalité, agglo, agglomération, métropole, communauté, urbaine,
département, région, territoire, président, présidente, vice, adjoint, adjointe, conseil, conseiller, conseillère,
équipe, service, services, support, assistance, contact, plateforme, consultation, animateur, animatrice, animation,
ca, cc, cu, ept, observateur, observatrice, décideur, décideuse, état, république, française, gouvernement, police,
cabinet, directeur, directrice, direction, générale, général, communication, secrétariat, secrétaire, bureau,
technique, techniques, municipal, municipale, vérifié, certifié
"""
# Here they would be taken for somebody who left; elsewhere they stand for those who are not named.
_NOBODYS = """
anonyme, compte, supprimé, ancien, ancienne, participant, participante
"""
# Where a name begins with these, somebody speaks for a service: "Service urbanisme", "Services de l’eau".
_FIRST = """
service, services, direction
"""
_FILLERS = """
le la les l un une de du des d au aux a à et en mon ma mes notre nos votre vos monsieur madame m mme mr the of
"""

_namers: list[Callable[[], Iterable[str]]] = []


def reserves_names(namer: Callable[[], Iterable[str]]) -> Callable[[], Iterable[str]]:
    """Register what says which names the authority of the present schema, or whoever decides for it, bears."""
    _namers.append(namer)
    return namer


_hiders: list[Callable[[User], Iterable[str]]] = []


def hides_names(namer: Callable[[User], Iterable[str]]) -> Callable[[User], Iterable[str]]:
    """Register what says which names somebody bore, and may not bear again."""
    _hiders.append(namer)
    return namer


def stands_for_nobody(name: str) -> bool:
    """ "Participante 12", "Anonyme"."""
    words = without_fillers(plain_words(name))
    return bool(words) and set(words) <= _set_of(_NOBODYS)


def is_reserved(name: str) -> bool:
    return reserved_here()(name)


def reserved_here(*, of_the_team: bool = False) -> Callable[[str], bool]:
    """`is_reserved` for many names, which asks once who bears them in the present schema. `of_the_team`: and whether
    somebody of the team does."""
    borne = _Borne.of([plain_words(each) for each in [*_named(), settings.SERVICE_NAME]])
    keys = set[str]()
    if of_the_team:
        keys.update(User.objects.filter(role__in=TEAM_ROLES).exclude(name_key="").values_list("name_key", flat=True))

    def is_so(name: str) -> bool:
        return (bool(keys) and key_of(name) in keys) or any(_is_reserved(words, borne) for words in readings(name))

    return cache(is_so)


@dataclass(frozen=True)
class _Borne:
    """The names of the authority and of those who decide for it, as they are compared."""

    whole: frozenset[str]
    words: list[list[str]]  # without fillers
    where: list[list[str]]  # without those that say what it is
    joined: frozenset[str]

    @classmethod
    def of(cls, names: list[list[str]]) -> "_Borne":
        words = [found for each in names if (found := without_fillers(each))]
        where = [found for each in words if (found := without_kind(each))]
        return cls(frozenset(map("".join, filter(None, names))), words, where, frozenset(map("".join, words)))


def claims_an_office(function: str) -> bool:
    """Whether it says an office: of the mayor, somebody elected, the State, the authority's head, this service."""
    whole = [plain_words(each) for each in _named()]
    service = plain_words(settings.SERVICE_NAME)
    return any(
        _says(words, _OF_FUNCTIONS) or _has(words, service) or "".join(words) in map("".join, whole)
        for words in readings(function)
    )


def _says(words: list[str], listed: str) -> bool:
    """Whether a phrase of a list stands there, wherever, or is spelled out."""
    begins = _phrases_by_first(listed)
    for spelled in _spellings(words):
        for place, word in enumerate(spelled):
            for phrase in begins.get(word, ()):
                if spelled[place : place + len(phrase)] == phrase:
                    return True
    return any(word in run for run in _spelled_out(words) for phrase in _phrases(listed) if len(word := phrase[0]) > 4)


def _is_reserved(words: list[str], borne: _Borne) -> bool:
    if _says(words, _ANYWHERE) or (words and words[0] in _set_of(_FIRST)):
        return True
    said = [_ABBREVIATED.get(word, word) for word in words]
    if "".join(said) in borne.whole:
        return True
    for spelled in _spellings(said):
        rest = without_fillers(spelled)
        others = without_kind(rest)
        if rest and not others:
            return True
        if rest in borne.words or (others and others in borne.where) or "".join(rest) in borne.joined:
            return True
    return False


def _spellings(words: list[str]) -> Iterator[list[str]]:
    """As it is written, with letters spelled out joined, and with any two neighbours as one word: "mai rie"."""
    yield words
    joined: list[str] = []
    for single, run in groupby(words, key=lambda word: len(word) == 1):
        together = [*run]
        joined += ["".join(together)] if single else together
    yield joined
    for place in range(len(words) - 1):
        if len(words[place]) > 1 and len(words[place + 1]) > 1 and not _is_filler(words[place]):
            yield [*words[:place], words[place] + words[place + 1], *words[place + 2 :]]


def _spelled_out(words: list[str]) -> list[str]:
    """ "l a m a i r e": runs of letters that stand apart."""
    runs = ["".join(run) for single, run in groupby(words, key=lambda word: len(word) == 1) if single]
    return [run for run in runs if len(run) > 4]


def _has(words: list[str], phrase: list[str]) -> bool:
    return any(words[place : place + len(phrase)] == phrase for place in range(len(words) - len(phrase) + 1))


def _is_filler(word: str) -> bool:
    return word in _set_of(_FILLERS)


def plain_words(text: str) -> list[str]:
    """The words as they are compared: equal where a reader sees the same."""
    return [_ABBREVIATED.get(word, word) for word in words_of(text, figures=False, signs=NONE)]


def without_fillers(words: list[str]) -> list[str]:
    fillers = _set_of(_FILLERS)
    return [word for word in words if word not in fillers]


def without_kind(words: list[str]) -> list[str]:
    """Of "CA Orléans Métropole", the words that say where."""
    alone, nobodys = _set_of(_ALONE), _set_of(_NOBODYS)
    return [word for word in without_fillers(words) if word not in alone and word not in nobodys]


_ABBREVIATED = {skeleton(short): skeleton(long) for short, long in (("st", "saint"), ("ste", "sainte"))}


@cache
def _phrases(listed: str) -> list[list[str]]:
    return [plain_words(each) for each in listed.split(",")]


@cache
def _phrases_by_first(listed: str) -> dict[str, list[list[str]]]:
    phrases = _phrases(listed)
    return {each[0]: [other for other in phrases if other[0] == each[0]] for each in phrases}


@cache
def _set_of(listed: str) -> frozenset[str]:
    return frozenset(plain_words(listed))


def _named() -> list[str]:
    return [name for namer in _namers for name in namer()]
