"""E-mail addresses, also those written so that machines do not see them."""

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from consultations.screening.enums import FlagKind
from consultations.screening.flags import Finding
from consultations.screening.reading import Reading
from consultations.screening.vocabulary import word_set

_ENDINGS = (
    "fr|com|net|org|eu|info|bzh|be|ch|io|de|uk|es|it|lu|pt|nl|ca|us|me|pro|biz|name|email|mail|paris|alsace|corsica|re|gp|mq|nc|pf|tn|ma|"
    "dz|sn|ci|ru|cn|pl|ro|eus|cat|coop|asso|gouv|edu|gov|example|test|xyz|app|dev|tech|online|site|shop|top|club|live|fm|tv|cc|co|at|se|dk"
)
_PROVIDERS = (
    "gmail|hotmail|orange|wanadoo|free|sfr|laposte|yahoo|outlook|live|icloud|protonmail|proton|bbox|numericable|aol|gmx|neuf|club-internet|"
    "mailo|msn|tutanota|posteo|riseup"
)
# What stands for @. Words only count between an address's parts, which are asked for below.
_AT_WORD = r"(?:at|arobase?s?|arrobase?s?|chez|a)"
_AT = re.compile(
    rf" {{0,2}}[(\[{{<*_\-]{{1,2}} ?(?:@|a|{_AT_WORD}) ?[)\]}}>*_\-]{{1,2}} {{0,2}}"  # [at]
    rf"| {{0,2}}@ {{0,2}}| {{1,2}}{_AT_WORD} {{1,2}}|(?<=[a-z0-9])arr?obase(?=[a-z0-9])"
)
_DOT = r"(?: ?\. ?| ?[(\[{<] ?(?:\.|point|dot|pt) ?[)\]}>] ?| (?:point|dot|pt) )"
_SIGN = r"(?:\.|point|dot|tiret|underscore)"
_LOCAL = re.compile(
    r"[a-z0-9][a-z0-9+%_.\-]{0,62}$"
    rf"|[a-z0-9]+(?:(?: ?[(\[{{<] ?{_SIGN} ?[)\]}}>] ?| {_SIGN} )[a-z0-9]+){{1,4}}$"
)
_SPACED_LOCAL = re.compile(r"(?:[a-z0-9] ){2,30}[a-z0-9]$")
_DOMAIN = re.compile(rf"[a-z0-9\-]{{1,63}}(?:{_DOT}[a-z0-9\-]{{1,63}}){{0,4}}?{_DOT}(?:{_ENDINGS})(?![a-z0-9@])")
_PROVIDER = re.compile(rf"(?:{_PROVIDERS})(?:{_DOT}(?:{_ENDINGS}))?(?![a-z0-9])")
_TIGHT = re.compile(r"[a-z0-9](?:[a-z0-9.\-]{0,60}[a-z0-9])?\.[a-z]{2,24}(?![a-z0-9@])")
_LONGEST_LOCAL = 80
# After these, "chez" and "at" are words.
_EVERYDAY = word_set(
    """
    est sont suis moi compte compte. travaille habite vit achete client abonne abonnee rendez passe passer
    aller va vais mail adresse
    """
)


def emails_in(reading: Reading) -> Iterator[Finding]:
    plain, done = reading.plain, 0
    for at in _AT.finditer(plain):
        if at.start() < done:
            continue
        local = _local(plain[max(done, at.start() - _LONGEST_LOCAL) : at.start()], at.group().strip())
        if local is None:
            continue
        tight = at.group() == "@"
        domain = (tight and _TIGHT.match(plain, at.end())) or _domain(plain, at)
        if domain:
            start, done = at.start() - len(local), domain.end()
            yield Finding(FlagKind.EMAIL, start, done, _reason(plain[start:done]))


def _local(before: str, mark: str) -> str | None:
    found = _LOCAL.search(before) or _SPACED_LOCAL.search(before)
    if found is None or (mark.isalpha() and found.group() in _EVERYDAY):
        return None
    return found.group()


def _domain(plain: str, at: re.Match[str]) -> re.Match[str] | None:
    if at.group().strip() in ("chez", "a"):  # "je suis client chez orange": only what is an address beyond doubt
        return re.compile(rf"(?:{_PROVIDERS}){_DOT}(?:{_ENDINGS})(?![a-z0-9])").match(plain, at.end())
    return _DOMAIN.match(plain, at.end()) or _PROVIDER.match(plain, at.end())


def _reason(written: str) -> str:
    return (
        _("E-mail address")
        if re.fullmatch(r"[^\s@()\[\]]+@[^\s@()\[\]]+", written)
        else _("E-mail address in disguise")
    )
