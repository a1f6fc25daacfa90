"""Threats, calls to violence and hateful words: what they are made of rather than every one of them."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from consultations.screening.detectors.aims import PERSONS, SCORNED
from consultations.screening.detectors.words import Word
from consultations.screening.enums import FlagKind
from consultations.screening.flags import Finding
from consultations.screening.vocabulary import word_set

_VIOLENCE = word_set(
    """
    tuer buter crever frapper tabasser egorger flinguer massacrer saigner niquer lyncher fusiller etrangler
    gazer
    """
)
# Done to things too: a threat if nothing follows, or the head, or a condition.
_DEMOLITION = word_set(
    """
    eclater demonter defoncer cramer demolir planter fumer bruler pendre exploser noyer empaler guillotiner
    """
)
_AFTER_DEMOLITION = word_set("si quand tous toutes haut comme un et gueule")
# What is called for against people.
_MURDER = word_set(
    """
    buter egorger tabasser flinguer lyncher fusiller pendre guillotiner empaler gazer crever exterminer
    bruler tuer cramer
    """
)
_GOING = word_set(
    """
    vais va allons vont devrait devrais devrions faut faudrait faudra veux voudrais aimerais viens viendrai
    """
)
_YOURSELVES = word_set("vous allez tu")
_THREATENED = word_set("te t vous")
_POINTERS = word_set("le la les l ce cet cette ces tous toutes ton ta vos votre notre nos un une des sale sales")
_SALE = word_set("sal sale sales")
_GO_AWAY = word_set("rentre rentrez retourne retournez degage degagez")
_PEOPLE = PERSONS | SCORNED
_HOME = word_set("toi vous eux")
_OUR = word_set("ton votre vos")
# What is done to somebody at once: "je te …".
_DONE = word_set("tue bute creve defonce demonte eclate nique encule egorge saigne crame massacre")
_WHERE = word_set("habites habitez travailles dors vis gosses enfants ecole famille maison loges creches")
_BLOWS = word_set(
    """
    raclee raclees baffe baffes gifle gifles claque claques balle balles correction coups tarte tartes corde
    """
)
_YOUR = word_set("ta ton tes votre vos")
_BELONGINGS = word_set(
    """
    maison maisons voiture voitures baraque caisse famille gosses enfants mairie local gueule tete
    """
)
_LAND = word_set("pays bled douar savane brousse cambrousse cases case")


def threats_in(words: list[Word]) -> Iterator[Finding]:
    for index, word in enumerate(words):
        after = _after(words, index)
        reason = _("Threat")
        if word.form in _VIOLENCE or word.form in _DEMOLITION:
            last = _violence(words, index, after)
        elif word.form in ("mort", "morts"):
            last = _death(words, index, after)
        elif word.form in _OTHER_THREATS:
            last = _OTHER_THREATS[word.form](after)
        else:
            last, reason = _hate(word.form, after), _("Hateful words")
        if last is not None:
            yield Finding(FlagKind.INSULT, word.start, words[index + last].end, reason)


# Each tells how far its last word is from the first, or None.


def _after(words: list[Word], index: int) -> list[str]:
    """The next words of the same sentence."""
    found: list[str] = []
    for word in words[index + 1 : index + 5]:
        if word.after_stop:
            break
        found.append(word.form)
    return found


def _violence(words: list[Word], index: int, after: list[str]) -> int | None:
    """`je vais te tuer`, `il faut pendre le maire`."""
    before = [word.form for word in words[max(0, index - 2) : index]]
    if len(before) == 2 and before[1] in _THREATENED:
        if words[index].form in _VIOLENCE and before[0] not in _YOURSELVES:
            return 0
        if before[0] in _GOING and _means_somebody(after):
            return 0
    if before[-1:] and before[-1] in _GOING and len(after) > 1 and after[0] in _YOUR and after[1] in _BELONGINGS:
        return 2
    return _pointed_at(after) if words[index].form in _MURDER else None


def _means_somebody(after: list[str]) -> bool:
    return not after or after[0] in _AFTER_DEMOLITION or "gueule" in after[:2] or "tete" in after[:2]


def _death(words: list[Word], index: int, after: list[str]) -> int | None:
    """`mort aux …`, `à mort le maire`."""
    if after[:1] and after[0] in ("a", "au", "aux"):
        return _pointed_at(["le", *after[1:]])
    return _pointed_at(after) if index and words[index - 1].form == "a" else None


def _at_once(after: list[str]) -> int | None:
    """`je te tue`."""
    return 2 if len(after) > 1 and after[0] in _THREATENED and after[1] in _DONE else None


def _knows_where(after: list[str]) -> int | None:
    """`on sait où tu habites`, `je sais où sont tes enfants`."""
    if after[:1] != ["ou"]:
        return None
    return next((place + 1 for place, word in enumerate(after) if word in _WHERE), None)


def _deserves(after: list[str]) -> int | None:
    """`il mérite des baffes`."""
    return next((place + 1 for place, word in enumerate(after[:4]) if word in _BLOWS), None)


_OTHER_THREATS = (
    dict.fromkeys(("je", "j", "on"), _at_once)
    | dict.fromkeys(("sais", "sait", "savons"), _knows_where)
    | dict.fromkeys(("merite", "meritent", "meritez", "merites", "meriterait"), _deserves)
)


def _pointed_at(after: list[str]) -> int | None:
    place = 0
    while place < len(after) and after[place] in _POINTERS:
        place += 1
    return place + 1 if 0 < place < len(after) and after[place] in _PEOPLE else None


def _hate(word: str, after: list[str]) -> int | None:
    """`sales …`, `les … dehors`, `retourne dans ton pays`."""
    if word in _SALE and after[:1] and after[0] in _PEOPLE:
        return 1
    if word in SCORNED and after == ["dehors"]:
        return 1
    if word == "dehors" and len(after) > 1 and after[0] in ("les", "ces") and after[1] in SCORNED:
        return 2
    return _sends_away(after) if word in _GO_AWAY else None


def _sends_away(after: list[str]) -> int | None:
    if len(after) == 2 and after[0] == "chez" and after[1] in _HOME:
        return 2
    if len(after) > 2 and after[0] == "dans" and after[1] in _OUR and after[2] in _LAND:
        return 3
    return None
