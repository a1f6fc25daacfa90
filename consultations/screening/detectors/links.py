"""Links that a moderator should look at: not every link, most are sources."""

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from consultations.screening.enums import FlagKind
from consultations.screening.flags import Finding, overlaps
from consultations.screening.reading import Reading
from consultations.screening.vocabulary import any_of, word_set

_LINK = re.compile(
    r"(?:h(?:tt|xx)ps?|ftp) ?: ?// ?[^\s<>()\"«»]+|(?<![a-z0-9@.\-])www ?\. ?[^\s<>()\"«»]+|"
    r"(?<![a-z0-9@.\-])(?:[a-z0-9\-]{1,40}\.){1,3}[a-z]{2,12}/[^\s<>()\"«»]+"
)
_TRAILING = ".,;:!?'*-"
_HIDES_TARGET = word_set(
    """
    bit.ly tinyurl.com t.ly cutt.ly is.gd ow.ly rb.gy urlz.fr lc.cx shorturl.at tiny.cc bitly.com shrt.lu
    v.gd adf.ly linktr.ee lnkd.in buff.ly short.gy urlr.me kutt.it s.id x.gd clck.ru gg.gg dub.sh tiny.one
    qr.ae u.to 0x.co
    """
)
_INVITES = word_set(
    """
    wa.me t.me chat.whatsapp.com discord.gg discord.com/invite telegram.me telegram.dog m.me snapchat.com/add
    onlyfans.com mym.fans signal.group
    """
)
_DOUBTFUL_ENDINGS = word_set(
    """
    xyz top click club online site icu buzz loan win bid vip ru cn tk ml ga cf gq su pw ws link space fun
    casino bet store biz cam rest monster work life shop men party stream download trade date racing review
    cyou sbs quest bond cash live lol
    """
)
_DOUBTFUL_WORDS = re.compile(
    r"casino|poker|viagra|cialis|bitcoin|crypto|forex|trading|porn|sexe|sexy|xxx|escort|rencontre|coquin|libertin|voyan|marabout|medium-|"
    r"credit|pret-|rachat|gagn|argent-?facile|cash|bonus|promo|soldes|discount|pas-?cher|replica|iptv|streaming|backlink|followers|abonnes|"
    r"dropship|pari-|paris-sportif|betting|1xbet|loterie|jackpot|minceur|maigrir|regime|parrainage|affilia|cpf|free-?money|gratuit-?iphone|"
    r"deals?\b|bon-?plan|vente-|boutique|achat-|acheter"
)
_REFERRAL = re.compile(
    r"[?&](?:aff|affid|aff_id|parrain|parrainage|referral|invite|promo|coupon|code)=|[?&]ref=[a-z]*[0-9]"
)
_ADDRESS_IN_DIGITS = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?:[:/]|$)")
_CALL = any_of("cliquez|clique|clic|click|visitez (?:mon|notre)|ma chaine|notre chaine|abonnez-vous|suivez[- ]moi")
_DOTS_IN_WORDS = re.compile(
    r"(?<![a-z0-9@.\-])[a-z0-9\-]{3,40} ?(?:[(\[{] ?(?:point|dot|\.) ?[)\]}]| point | dot ) ?"
    r"(?:com|fr|net|org|info|xyz|shop|site|online)(?![a-z0-9])"
)
_SOURCE = re.compile(r"\b(?:sources?|voir|cf|ref|lire|lien|via|exemple|ex|ici|etude|rapport|pdf|site|page|blog)\b")
_OFFICIAL = re.compile(
    r"^(?:https?://)?(?:[a-z0-9\-]+\.)*(?:gouv|service-public|insee|senat|assemblee-nationale)\.fr(?:/|$)"
)
_MANY = 4
_LITTLE_ELSE = 5
_SHORT = 600
_LETTER = re.compile(r"[a-z]")


def links_in(reading: Reading, emails: list[tuple[int, int]]) -> tuple[list[tuple[int, int]], list[Finding]]:
    """Where all links are, and those that are doubtful by themselves."""
    places = [_span(link) for link in _LINK.finditer(reading.plain)]
    places = [(start, end) for start, end in places if not overlaps(start, end, emails)]
    return places, list(_doubtful(reading.plain, places, emails))


def _span(link: re.Match[str]) -> tuple[int, int]:
    return link.start(), link.start() + len(link.group().rstrip(_TRAILING))


def _doubtful(plain: str, places: list[tuple[int, int]], emails: list[tuple[int, int]]) -> Iterator[Finding]:
    for start, end in places:
        reason = _reason_of_link(plain[start:end])
        if reason:
            yield Finding(FlagKind.LINK, start, end, reason)
    for match in _DOTS_IN_WORDS.finditer(plain):
        if not overlaps(*match.span(), [*places, *emails]):
            yield Finding(FlagKind.LINK, *match.span(), _("Link in disguise"))


def link_of_a_text(reading: Reading, places: list[tuple[int, int]]) -> Iterator[Finding]:
    """The first link, where it is what is around that makes it doubtful."""
    reason = _reason_of_text(reading.plain, places) if places else ""
    if reason:
        yield Finding(FlagKind.LINK, *places[0], reason)


def _reason_of_text(plain: str, places: list[tuple[int, int]]) -> str:
    if len(places) >= _MANY:
        in_links = sum(end - start for start, end in places)
        if in_links * 3 > len(plain):
            return _("Many links")
    without = plain
    for start, end in reversed(places):
        without = without[:start] + without[end:]
    alone = len(_LETTER.findall(without)) < _LITTLE_ELSE and not _SOURCE.search(without)
    if alone and not all(_OFFICIAL.search(plain[start:end]) for start, end in places):
        return _("A link and nothing else")
    return _("Link to press") if len(plain) < _SHORT and _CALL.search(without) else ""


def _reason_of_link(link: str) -> str:
    address = re.sub(r"^(?:h(?:tt|xx)ps?|ftp) ?: ?// ?", "", link).replace(" ", "")
    host, _slash, path = address.partition("/")
    name = host.removeprefix("www.")
    if name in _HIDES_TARGET or (name == "goo.gl" and not path.startswith("maps")):
        return _("Link that hides where it leads")
    if any(f"{name}/{path}".startswith(invite) for invite in _INVITES):
        return _("Invitation to a private conversation")
    if "@" in host or link.startswith("hxx") or "xn--" in host or _ADDRESS_IN_DIGITS.match(address):
        return _("Link in disguise")
    if (ending := name.rpartition(".")[2].partition(":")[0].partition("?")[0]) in _DOUBTFUL_ENDINGS:
        return _("The ending .%(ending)s is often that of advertising") % {"ending": ending}
    if _DOUBTFUL_WORDS.search(name):
        return _("The name of the site sounds like advertising")
    return _("The link pays whoever sends people there") if _REFERRAL.search(path) else ""
