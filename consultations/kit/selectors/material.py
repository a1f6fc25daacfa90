"""What a consultation says of itself in print: the same facts on every support, each in the words of the city."""

import re
from collections.abc import Callable, Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from common import typeset
from common.qr_codes import drawing
from common.share_pictures import as_svg, city_drawing
from common.templatetags.ui import deadline, first_day, full_day, last_day, spelled
from common.text import typeset as well_set
from common.text import whole_sentences
from common.tones import SOURCES, tones
from consultations.framing.enums import PhaseKind
from consultations.framing.models import Consultation
from consultations.framing.selectors import challenges_of, legal_identity, logo_of, shown_challenges_of
from consultations.kit.enums import Support, Variant
from consultations.kit.selectors.stages import ends_at, may_propose
from consultations.kit.selectors.words import says
from consultations.kit.tags import tag_of

# More do not stand on one sheet at a size that one can read.
MOST_CHALLENGES = 12
# « 17 h » stays on one line.
_HOUR = re.compile(r"(?<=\d) (?=h\b)")
_CONSULTS = {
    "COMMUNE": lambda: _("Your municipality consults you"),
    "INTERCOMMUNALITY": lambda: _("Your group of municipalities consults you"),
    "DEPARTMENT": lambda: _("Your department consults you"),
    "REGION": lambda: _("Your region consults you"),
}
Content = dict[str, Any]


def words(text: Any) -> str:
    """As print shows it: well set, without a sign in place of what no font of ours draws, unless nothing is left."""
    said = str(text)
    shown = typeset.printable(said).replace(typeset.NOT_DRAWN, "").replace("\u200b", "")
    whole = shown if any(sign.isalnum() for sign in shown) else said
    return _HOUR.sub("\u00a0", well_set(re.sub(r"[ \n\t]+", " ", whole).strip()))


def short_url(city: Any, support: Support, consultation: Consultation, spot: int = 0) -> str:
    return str(city.url.rstrip("/") + reverse("kit_short", args=[tag_of(support, consultation.pk, spot)]))


def material(
    consultation: Consultation, city: Any, *, support: Support, variant: Variant = Variant.OFFICE, spot: int = 0
) -> tuple[Content, dict[str, str]]:
    """What a template takes: the words, then drawings and addresses. A logo is asked for, and five more queries."""
    colours, identity = tones(city.colour)[0], legal_identity()
    url = short_url(city, support, consultation, spot)
    logo = logo_of(city.logo) if city.logo else None
    content = {
        "lang": (get_language() or "fr")[:2],
        "variant": variant.value,
        "tones": colours,
        "city": words(city.name),
        "consults": _CONSULTS[city.kind](),
        "title": words(consultation.title),
        "question": words(consultation.question or consultation.title),
        "introduction": words(whole_sentences(consultation.introduction, 700)),
        "until": until(consultation),
        "invite": _("Read, say what you think, propose. Everybody’s ideas are read and answered.")
        if may_propose(consultation)
        else _("Read what is proposed, say what you think. Everybody’s ideas are answered."),
        "facts": [{"head": head, "body": words(body)} for head, body in facts(consultation)],
        "dates": [{"head": words(head), "body": words(body)} for head, body in dates(consultation)],
        "challenges": _challenges(consultation),
        "offline": words(identity.help_place),
        "phone": identity.phone.replace(" ", "\u00a0"),
        "postal_address": [words(line) for line in identity.postal_address.splitlines() if line.strip()],
        "rights": words(identity.data_officer_contact),
        "contact": consultation.contact_email,
        "decision_maker": words(consultation.decision_maker),
        "commitment": words(whole_sentences(consultation.commitment, 420)),
        "has_logo": logo is not None,
        "says": says(proposing=may_propose(consultation)),
    }
    exact = {
        "host": city.host,
        "url": url,
        "qr": drawing(url),
        "logo": as_svg(logo) if logo else city_drawing(colours["mark"]),
    }
    return content, exact


def until(consultation: Consultation) -> str:
    """Until when one may propose, said as such; once that is over, until when one may say what one thinks."""
    if not (closes := ends_at(consultation)):
        return ""
    said = _("proposals until %(day)s") if may_propose(consultation) else _("until %(day)s")
    return said % {"day": full_day(last_day(closes))}


def facts(consultation: Consultation) -> Iterable[tuple[str, str]]:
    """Who decides, who may answer, until when, and what comes of it: those that the city has said."""
    if consultation.decision_maker:
        yield _("Who decides?"), consultation.decision_maker
    if consultation.who_may_answer:
        yield _("Who may answer?"), whole_sentences(consultation.who_may_answer, 160)
    if closes := ends_at(consultation):
        said = _("Proposals until %(moment)s.") if may_propose(consultation) else _("Until %(moment)s.")
        yield _("Until when?"), said % {"moment": deadline(closes)}
    if consultation.commitment:
        yield _("And then?"), whole_sentences(consultation.commitment, 160)


_DOES: dict[str, Callable[[], str]] = {
    PhaseKind.PROPOSE: lambda: _("Everybody proposes and says what they think"),
    PhaseKind.REWORK: lambda: _("Proposals are reworked with what was said of them"),
    PhaseKind.PRIORITISE: lambda: _("Everybody says what should come first"),
    PhaseKind.ANSWER: lambda: _("The authority answers, and says why"),
    PhaseKind.FOLLOW: lambda: _("What was decided is followed in public"),
}


def dates(consultation: Consultation) -> Iterable[tuple[str, str]]:
    for phase in consultation.phases.all():
        if phase.kind in _DOES and phase.opens_at:
            first = full_day(first_day(phase.opens_at))
            if phase.closes_at:
                said = _("from %(first)s to %(last)s") % {"first": first, "last": full_day(last_day(phase.closes_at))}
            else:
                said = _("from %(day)s") % {"day": first}
            yield said, _DOES[phase.kind]()


def _challenges(consultation: Consultation) -> list[dict[str, Any]]:
    """What residents read; before the opening, what they are to read."""
    found = shown_challenges_of(consultation) if consultation.opened_at else challenges_of(consultation)
    return [
        {
            "label": words(each.label) if not each.is_imported else "",
            "question": words(each.question),
            "summary": words(whole_sentences(each.summary, 320)),
            "ideas": [words(whole_sentences(str(idea), 160)) for idea in each.guiding_questions[:4]],
            "mark": tones(SOURCES[each.theme.lower()])[0]["mark"],
            "ink": tones(SOURCES[each.theme.lower()])[0]["ink"],
            "wash": tones(SOURCES[each.theme.lower()])[0]["wash"],
            "fill": tones(SOURCES[each.theme.lower()])[0]["fill"],
            "on": tones(SOURCES[each.theme.lower()])[0]["on"],
        }
        for each in found[:MOST_CHALLENGES]
    ]


def challenges_in_words(count: int) -> str:
    return _("%(count)s challenges") % {"count": spelled(count)} if count > 1 else _("One challenge")
