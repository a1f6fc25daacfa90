"""Which public names may be borne: not the authority's, not an elected function's, not another participant's.

Compared as a reader sees them, whatever their case, accents, spaces, signs, look-alike letters and figures for letters.
Skeletons of look-alikes: Unicode Technical Standard 39, sections 4 and 5.1.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import groupby

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.models import KEY_MAX, NAME_MAX, User
from common.refusals import Refusal
from common.text import is_unseen, leads_somewhere


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
    if leads_somewhere(name):
        raise NameLeadsSomewhere
    if mixes_scripts(name) or _DIRECTED.search(name):
        raise NameMixed
    if not user.is_staff_member and is_reserved(name):
        raise NameReserved
    if key_of(name) in {key_of(each) for namer in _hiders for each in namer(user)}:
        raise NameHidden
    if is_taken(name, user=user):
        raise NameTaken(free_name(name, user=user))


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


# ── As a reader sees it ──────────────────────────────────────────────────────


def key_of(name: str) -> str:
    """Equal for names that could be taken for each other. A figure that stands by itself is one: "Marie Martin 2"."""
    return ("".join(_words(name, figures=True, signs=_INSIDE)) or name.casefold())[:KEY_MAX]


# Letters of other scripts in the shape of a Latin one: UTS 39, confusables.txt. Capitals apart, where they differ.
_LIKE = {
    "a": "αаɑꭺᎪꓮ",
    "b": "ВвβΒЬьᏏᏴꓐ",
    "c": "сϲⲥᏟꓚ",
    "d": "ԁɗᎠꓓ",
    "e": "еεєΕҽᎬꓰ",
    "f": "ϝғꓝ",
    "g": "ɡԍգᏀꓖ",
    "h": "ΗНнһհᎻꓧ",
    "i": "іιɩІΙӏᎥᏆꓲ",
    "j": "јϳЈᎫꓙ",
    "k": "κкКΚҝᏦꓗ",
    "l": "ⅼӀᏞꓡןוا",
    "m": "мМΜϻᎷꓟ",
    "n": "ηΝпոռꓠ",
    "o": "οоօσчΟОՕסهᏫꓳ",
    "p": "ρрΡРᏢꓑ",
    "q": "ԛզ",
    "r": "гяᎡᏒꓣ",
    "s": "ѕЅՏꓢᏚ",
    "t": "τтТΤтᎢꓔ",
    "u": "υսцʋμՍꓴ",
    "v": "νѵᏙꓦ",
    "w": "ωѡԝшᎳꓪ",
    "x": "χхΧХꓫ",
    "y": "γуУΥүᎩꓬ",
    "z": "ΖᏃꓜ",
}
_LATIN = {other: letter for letter, others in _LIKE.items() for other in others}
# 1, i, l and | are one stroke; 0 is an o. Of the figures and signs that stand for letters, those that are common.
_FIGURES = {"0": "o", "1": "l", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b"}
_INSIDE, _BESIDE, _NONE = r"(?<=\w)[{0}](?=\w)", r"(?<=\w)[{0}]|[{0}](?=\w)", ""
_SIGNS = {"@": "a", "€": "e", "$": "s", "!": "l", "|": "l", "¡": "l", "£": "l"}
# What may be read in several ways.
_READ_SO = re.compile(rf"[\d{re.escape(''.join(_SIGNS))}]")
# The others by their names: dotless, small capital, squared, with a stroke.
_NAMED_LETTER = re.compile(r"(?:LATIN|REGIONAL INDICATOR SYMBOL)\b.*\bLETTER (?:[A-Z-]+ )*?([A-Z])(?: WITH .*)?$")
_LIGATURES = {"œ": "oe", "æ": "ae", "ß": "ss", "þ": "p", "ð": "d"}


@lru_cache(1024)  # each name is read in several ways
def _letters(text: str) -> str:
    """Latin letters, figures and signs, as they look: no accents, nothing that is not seen."""
    if text.isascii() and text.isprintable():
        return text.casefold()
    shown = []
    for sign in unicodedata.normalize("NFKD", text):
        if is_unseen(sign):
            continue
        # Before and after lower case: capitals of other scripts are like other letters than their small ones.
        plain = _LATIN.get(sign) or _LATIN.get(sign.casefold()) or _LIGATURES.get(sign.casefold())
        if plain is None and not sign.isascii():
            named = _NAMED_LETTER.search(unicodedata.name(sign, ""))
            plain = named[1].lower() if named else None
        shown.append(plain or sign.casefold())
    return "".join(shown)


def _words(name: str, *, figures: bool, signs: str) -> list[str]:
    """The words, in skeletons. Figures and signs that stand for letters are read so, or end the word."""
    text = _letters(name)
    if signs:
        text = re.sub(signs.format(re.escape("".join(_SIGNS))), lambda found: _SIGNS[found[0]], text)
    words = []
    for word in re.findall(r"[^\W_]+", text):
        if any(letter.isalpha() for letter in word):
            if figures:
                words.append("".join(_FIGURES.get(letter, letter) for letter in word))
            else:
                words += re.findall(r"[^\W\d_]+", word)
        elif figures:
            words.append(word)
    return [_skeleton(word) for word in words]


def _skeleton(word: str) -> str:
    return word.replace("i", "l").replace("rn", "m").replace("vv", "w")


# Where letters of several stand in one word, but for those that are written together (Japanese, Korean).
_APART = {"LATIN", "GREEK", "CYRILLIC", "ARMENIAN", "HEBREW", "ARABIC", "GEORGIAN"}
# Beside them in everyday use: Unicode Standard Annex 31, table 5, by the first word of a letter's name. Few telephones
# draw those of others, and some draw nothing.
_OTHERS = """
BENGALI BOPOMOFO CJK DEVANAGARI ETHIOPIC GUJARATI GURMUKHI HANGUL HIRAGANA IDEOGRAPHIC KANNADA KATAKANA
KATAKANA-HIRAGANA KHMER LAO MALAYALAM MODIFIER MYANMAR ORIYA SINHALA TAMIL TELUGU THAANA THAI TIBETAN TIFINAGH
"""
_IN_USE = _APART | {*_OTHERS.split()}
_LATIN_ALONE = re.compile("[\0-\xb4\xb6-\u024f’]*")  # the micro sign is a Greek letter
_DIRECTED = re.compile("[\u061c\u200e\u200f\u2066-\u2069]")


def mixes_scripts(name: str) -> bool:
    """Whether a word has letters of two alphabets, or of one that nobody writes with: no name is written so.

    Unicode Technical Standard 39, sections 3.1 and 5.1.
    """
    if _LATIN_ALONE.fullmatch(name):
        return False
    for word in re.findall(r"[^\W\d_]+", unicodedata.normalize("NFKC", name)):
        scripts = {unicodedata.name(letter, "").partition(" ")[0] for letter in word}
        if scripts - _IN_USE or len(scripts & _APART) > 1:
            return True
    return False


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


def reserved_here() -> Callable[[str], bool]:
    """`is_reserved` for many names, which asks once who bears them in the present schema."""
    borne = _Borne.of([plain_words(each) for each in [*_named(), settings.SERVICE_NAME]])
    return cache(lambda name: any(_is_reserved(words, borne) for words in _readings(name)))


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
        for words in _readings(function)
    )


def _readings(name: str) -> Iterator[list[str]]:
    """Its words in skeletons, in each way that figures and signs may be read."""
    letters = _letters(name)
    if letters.isascii() and not _READ_SO.search(letters):
        return iter([_words(name, figures=True, signs=_NONE)])
    ways = ((True, _NONE), (True, _BESIDE), (False, _NONE))
    read = [_words(name, figures=figures, signs=signs) for figures, signs in ways]
    return (words for place, words in enumerate(read) if words not in read[:place])


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
    return [_ABBREVIATED.get(word, word) for word in _words(text, figures=False, signs=_NONE)]


def without_fillers(words: list[str]) -> list[str]:
    fillers = _set_of(_FILLERS)
    return [word for word in words if word not in fillers]


def without_kind(words: list[str]) -> list[str]:
    """Of "CA Orléans Métropole", the words that say where."""
    alone, nobodys = _set_of(_ALONE), _set_of(_NOBODYS)
    return [word for word in without_fillers(words) if word not in alone and word not in nobodys]


_ABBREVIATED = {_skeleton(short): _skeleton(long) for short, long in (("st", "saint"), ("ste", "sainte"))}


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
