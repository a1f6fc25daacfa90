"""Whether an e-mail address looks like an authority's. A hint for operators: anyone can buy a domain."""

import enum
import re
import unicodedata
from functools import lru_cache

from accounts.mail_domains import SHARED_LEVELS, domain_of, is_webmail
from tenants.enums import AuthorityKind

__all__ = ["Likeness", "domain_of", "is_webmail", "looks_like_authority"]

# Where French authorities are at home: .fr, .eu, and the ends that belong to a region or an overseas territory.
_HOME_ENDS_WORDS = "fr eu bzh corsica alsace paris re gp mq gf yt pm bl mf nc pf wf tf"
_HOME_ENDS = frozenset(_HOME_ENDS_WORDS.split())
_COMMON_ENDS = frozenset(["com", "org", "net"])
_LINK = r"(?:-?(?:de-?la|de-?l|des|de|du|d))?"
_BEFORE: dict[str, str] = {
    AuthorityKind.COMMUNE: rf"(?:ville|mairie|commune){_LINK}",
    AuthorityKind.INTERCOMMUNALITY: (
        rf"(?:cc|ca|cu|cdc|com-?com|agglo|agglomeration|interco|metropole|communaute"
        rf"|communaute-?de-?communes|communaute-?d-?agglomeration|communaute-?urbaine){_LINK}"
    ),
    AuthorityKind.DEPARTMENT: rf"(?:departement|cd){_LINK}",
    AuthorityKind.REGION: rf"(?:region){_LINK}",
}
_NOTHING = "(?!)"
# Said by a group's own name, or left out of it.
_AFTER: dict[str, str] = {AuthorityKind.INTERCOMMUNALITY: r"(?:agglo|agglomeration|metropole|communaute|interco)"}
_ARTICLES = ("le", "la", "les", "l", "de", "du", "des", "d")
# What a name begins with that says the kind and not the place.
_KIND_WORDS = re.compile(
    r"^(?:cc|ca|cu|communaute de communes|communaute d agglomeration|communaute urbaine|ville|mairie|commune"
    r"|departement|conseil departemental|region|conseil regional)\s+(?=\S)"
)
_ENDS_OF_A_TOWN = re.compile(r"\s(?:sur|sous|en|les|lez|pres|devant)\s")


class Likeness(enum.Enum):
    """How a mail address looks, compared with an authority's name."""

    OK = "OK"
    WEBMAIL = "WEBMAIL"
    OTHER_DOMAIN = "OTHER_DOMAIN"


def looks_like_authority(
    email: str, *, name: str, kind: str, department_name: str = "", department_code: str = ""
) -> Likeness:
    """Whether the domain of an e-mail address bears the name of this authority. Strict: a doubt is OTHER_DOMAIN.

    saran.fr, ville-saran.fr, villedesaran.fr, mairie-saran.fr, saran45.fr and saran-loiret.fr are Saran's; so
    is saran.com, but no other .com. It proves nothing: saran.eu is for sale. It knows no homonyms: give the
    department where it is known, and its number or name in a domain must be the right one.
    """
    domain = email.rpartition("@")[2].strip().lower().rstrip(".")
    labels = _readable(domain).split(".")
    if "@" not in email or len(labels) < 2 or not all(labels):
        return Likeness.OTHER_DOMAIN
    end = labels[-1]
    if is_webmail(domain):
        return Likeness.WEBMAIL
    if ".".join(labels[-2:]) in SHARED_LEVELS:
        return Likeness.OTHER_DOMAIN
    shapes = _shapes(name, kind, department_name, department_code)
    if end in _COMMON_ENDS:
        shapes = shapes[:1]
    elif end not in _HOME_ENDS:
        return Likeness.OTHER_DOMAIN
    return Likeness.OK if any(shape.fullmatch(labels[-2]) for shape in shapes) else Likeness.OTHER_DOMAIN


@lru_cache(maxsize=500)
def _shapes(name: str, kind: str, department_name: str, department_code: str) -> tuple[re.Pattern[str], ...]:
    """Patterns for the domains of this authority, the bare name first. Hyphens stand between words or nowhere."""
    words = _words(name)
    if not words or kind not in _BEFORE:
        return ()
    stem = _stem(words)
    before, after = _BEFORE[kind], [_AFTER.get(kind, "")]
    code = re.escape(department_code.lower())
    after += [code, _stem(_words(department_name)) if department_name else ""]
    bare = stem
    if kind == AuthorityKind.INTERCOMMUNALITY and sum(_folded(word) not in _ARTICLES for word in words) == 1:
        bare = _NOTHING  # the one word is that of a town, and so is the domain
    wholes = [bare, f"{before}-?{stem}", *(f"{stem}-?{each}" for each in after if each)]
    town = _ENDS_OF_A_TOWN.split(" ".join(words))[0].split()
    if kind == AuthorityKind.COMMUNE and code and town != words:
        wholes.append(f"{_stem(town)}-?{code}")  # Ivry-sur-Seine is at home at ivry94.fr
    if kind == AuthorityKind.DEPARTMENT and code:
        wholes.append(f"(?:departement|cd)-?{code}")
    if kind == AuthorityKind.INTERCOMMUNALITY:
        wholes += _short_names(name, before, _AFTER[AuthorityKind.INTERCOMMUNALITY])
    return tuple(re.compile(whole) for whole in wholes)


def _short_names(name: str, before: str, after: str) -> list[str]:
    """Of « CA Tulle Agglo »: agglo-tulle, but not tulle, which is the town's. Of « CC … (CCDH) »: ccdh."""
    found = [re.escape(each.lower()) for each in re.findall(r"\(([A-Za-z0-9]{4,10})\)", name)]
    words = _words(name)
    if len(words) > 1 and re.fullmatch(after, _folded(words[-1])):
        found += [f"{before}-?{_stem(words[:-1])}", f"{_stem(words[:-1])}-?{after}"]
    if len(words) > 1 and re.fullmatch(after, _folded(words[0])):
        found += [f"{before}-?{_stem(words[1:])}", f"{_stem(words[1:])}-?{after}"]
    return found


def _words(name: str) -> list[str]:
    """The words of a name, with their accents, without what only says its kind."""
    name = re.sub(r"\([^)]*\)", " ", unicodedata.normalize("NFC", name).lower())
    name = name.replace("œ", "oe").replace("æ", "ae")
    words = re.findall(r"[^\W_]+", name)
    said = " ".join(_folded(word) for word in words)
    kept = _KIND_WORDS.sub("", said)
    return words[len(words) - len(kept.split()) :]


def _stem(words: list[str]) -> str:
    """The words as a pattern: saint or st, with or without accents, a first article or none."""
    articles = 0
    while articles < len(words) - 1 and words[articles] in _ARTICLES:
        articles += 1
    first = "".join(f"(?:{word}-?)?" for word in words[:articles])
    return first + "-?".join(_word(word) for word in words[articles:])


def _word(word: str) -> str:
    folded = _folded(word)
    if folded in ("saint", "st"):
        return "(?:saint|st)"
    if folded in ("sainte", "ste"):
        return "(?:sainte|ste)"
    return folded if folded == word else f"(?:{re.escape(folded)}|{re.escape(word)})"


def _folded(word: str) -> str:
    return "".join(sign for sign in unicodedata.normalize("NFKD", word) if not unicodedata.combining(sign))


def _readable(domain: str) -> str:
    """An internationalised name with its accents; unchanged when it is not valid."""
    try:
        return unicodedata.normalize("NFC", domain.encode("ascii").decode("idna"))
    except UnicodeError:
        return domain
