"""The report of a synthesis, to be printed and joined to a file: an accessible PDF, made when it is asked for.

It is made of what can be read at that moment: what is hidden or erased is in no report from then on. The same content
is not set twice: it is kept for an hour under the digest of its own words.
"""

import hashlib
import json
from base64 import b64decode, b64encode
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.cache import cache
from django.db.models import F
from django.utils import timezone
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from common import typeset
from common.city import present_city
from common.db import connection
from common.masking import LEAST
from common.templatetags.ui import figure, full_day
from consultations.analysis.enums import Place
from consultations.analysis.models import Attendance, DayFigures, SynthesisVersion
from consultations.analysis.selectors.synthesis_beside import Liked, together_in, unsaid_in
from consultations.analysis.selectors.synthesis_shown import Quote, Sentence, Shown, ShownPart, shown_version
from consultations.framing.enums import WRITING
from consultations.framing.models import Challenge
from consultations.framing.selectors import period
from consultations.outcomes.models import AnswerVersion

_TEMPLATE = (Path(__file__).parents[1] / "synthesis.typ").read_bytes()
_KEPT_SECONDS = 3600
# More weeks than this do not fit a page.
_WEEKS = 20

Block = dict[str, Any]


def report_pdf(challenge: Challenge, version: SynthesisVersion) -> bytes:
    content = report_of(challenge, version)
    digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
    key = f"synthesis-report|{connection.schema_name}|{digest}"
    kept: str | None = cache.get(key)
    if kept is not None:
        return b64decode(kept)
    made = typeset.pdf(_TEMPLATE, content)
    cache.set(key, b64encode(made).decode(), _KEPT_SECONDS)
    return made


def report_of(challenge: Challenge, version: SynthesisVersion) -> dict[str, Any]:
    """As many queries whatever there is to print."""
    shown, city, liked = shown_version(version), present_city(), together_in(challenge)
    loved = {row.proposal.pk for row in liked.part.together} if liked else set()
    name, site = (city.name, city.url.rstrip("/")) if city else ("", "")
    parts = [
        (_("How this synthesis was made"), _method(name)),
        (_("Participation"), _participation(challenge, version)),
        *((part.name, _theme(part, name, site)) for part in shown.parts),
        (_("What brings people together"), _together(liked)),
        (_("What people see differently"), _disputed(shown, loved)),
        (_("What it does not say"), [_words(each) for each in unsaid_in(shown, challenge.consultation).sentences]),
        (_("Answers of the authority"), _answers(shown)),
    ]
    content = {
        "title": shown.title or challenge.question,
        "kicker": _("Synthesis of the challenge “%(name)s”") % {"name": challenge.label},
        "city": name,
        "lang": (get_language() or "fr")[:2],
        "footer": f"{name} · {challenge.label} · {shown.trace}",
        "contents": _("Contents"),
        "cover": _cover(challenge, version, shown, name),
        "parts": [{"heading": heading, "blocks": blocks} for heading, blocks in parts if blocks],
    }
    gaps = _("Signs that this document cannot show are replaced by %(mark)s.") % {"mark": typeset.NOT_DRAWN}
    made = _("What was hidden or erased since it was published is not in it.")
    content["made"] = "\n".join([made, *([gaps] if typeset.leaves_gaps(content) else [])])
    return content


def _cover(challenge: Challenge, version: SynthesisVersion, shown: Shown, city: str) -> list[str]:
    consultation = challenge.consultation
    writing = [each.opens_at for each in consultation.phases.all() if each.kind in WRITING and each.opens_at]
    opens = min(writing, default=None)
    closes = consultation.closed_at()
    lines = [consultation.title]
    if shown.title:
        lines.append(challenge.question)
    if opens and closes:
        lines.append(period(opens, closes))
    lines.append(_("Composed by %(city)s, %(day)s") % {"city": city, "day": full_day(version.published_at)})
    lines.append(shown.trace[:1].upper() + shown.trace[1:])
    return lines


def _method(city: str) -> list[Block]:
    return [
        _words(each)
        for each in (
            _(
                "Each sentence between quotation marks is the title of a proposal, as its author wrote it. Its counts"
                " are those of the day of publication; below it stand one argument for and one against, if there are"
                " any."
            ),
            _(
                "For each theme, proposals were suggested in this order: those well supported, by the share of likes"
                " that one may count on however few answered (lower bound of Wilson at 95 %) and by how typical of the"
                " theme they are; one that people see differently; one that few have seen. The authority chose among"
                " them, hid, and ordered."
            ),
            _("What %(city)s adds is marked as its own. No sentence was written by a machine.") % {"city": city},
            _("Nobody is quoted more than twice."),
        )
    ]


# ── Participation ─────────────────────────────────────────────────────────────


def _participation(challenge: Challenge, version: SynthesisVersion) -> list[Block]:
    told = version.coverage
    persons = Attendance.objects.filter(consultation=challenge.consultation_id).values_list("persons", flat=True)
    rows = [
        [_("Proposals"), figure(told["proposals"])],
        [_("Arguments"), figure(told["arguments"])],
        [_("People who wrote them"), figure(told["authors"])],
    ]
    if (all_persons := persons.order_by().first() or 0) >= LEAST:
        rows.append([_("People who took part, in all challenges together"), figure(all_persons)])
    if told["themes"][1]:
        rows.append([_("Themes quoted"), _of(told["themes"])])
    if told["groups"][1]:
        rows.append([_("Opinion groups that find something of theirs here"), _of(told["groups"])])
    rows.append([_("People of whom a text is quoted or summed up"), _("%(share)s %%") % {"share": told["share"]}])
    blocks = [_table([4, 1], [_("In this challenge"), _("How many")], rows, figures=[1])]
    weeks = _weeks(challenge, version)
    if weeks:
        head = [_("Week of"), _("Proposals and arguments"), _("How many")]
        blocks.append({"kind": "chart", "head": head, "rows": weeks})
        if sum(row[1] for row in weeks) > told["proposals"] + told["arguments"]:
            blocks.append(_words(_("Here proposals that were brought together with others since are counted too.")))
    return blocks


def _of(pair: list[int]) -> str:
    return _("%(count)s of %(total)s") % {"count": figure(pair[0]), "total": figure(pair[1])}


def _weeks(challenge: Challenge, version: SynthesisVersion) -> list[list[Any]]:
    """What was written week by week, until the day of publication."""
    found: Counter[Any] = Counter()
    days = DayFigures.objects.filter(challenge=challenge, day__lte=timezone.localdate(version.published_at)).order_by(
        "day"
    )
    for day, proposals, arguments in days.values_list("day", "proposals", "arguments"):
        found[day - timedelta(days=day.weekday())] += proposals + arguments
    if not found:
        return []
    first, last = min(found), max(found)
    weeks = [first + timedelta(weeks=number) for number in range((last - first).days // 7 + 1)][-_WEEKS:]
    return [[full_day(week), found[week], figure(found[week])] for week in weeks]


# ── Themes, what brings together, what parts ──────────────────────────────────


def _theme(part: ShownPart, city: str, site: str) -> list[Block]:
    blocks = [_words(f"{counted_proposals(part.proposals)}, {counted_people(part.people)}")]
    if part.text:
        who = _("Text of the authority")
        blocks.append({"kind": "city", "who": f"{who} ({city})" if city else who, "words": part.text})
    return [*blocks, *(_sentence(each, site) for each in part.sentences)]


def counted_proposals(count: int) -> str:
    return ngettext("%(count)s proposal", "%(count)s proposals", count) % {"count": figure(count)}


def counted_people(count: int) -> str:
    return ngettext("%(count)s person", "%(count)s people", count) % {"count": figure(count)}


def _sentence(each: Sentence, site: str) -> Block:
    arguments = ngettext("%(count)s argument", "%(count)s arguments", each.arguments)
    sides = [(_("For:"), each.pro), (_("Against:"), each.con)]
    return {
        "kind": "sentence",
        "role": each.label,
        "title": _quoted(each.title),
        "url": f"{site}{each.proposal.short_address}",
        "bar": [each.likes, each.mixed, each.dislikes],
        "counts": f"{each.counts}, {arguments % {'count': figure(each.arguments)}}",
        "sides": [{"label": label, "words": _said(quote)} for label, quote in sides if quote],
    }


def _quoted(words: str) -> str:
    return _("“%(words)s”") % {"words": words}


def _said(quote: Quote) -> str:
    return f"{_quoted(quote.words)} {quote.argument.signed_name}"


def _together(found: Liked | None) -> list[Block]:
    if found is None:
        return []
    said = _("By the analysis of %(day)s, more than half of the people of every opinion group like:")
    if found.part.shown != "groups":
        said = _("By the analysis of %(day)s, more than half of the people who reacted like:")
    items = [_quoted(row.proposal.title) for row in found.part.together]
    return [_words(said % {"day": full_day(found.made_at)}), {"kind": "list", "items": items}]


def _disputed(shown: Shown, loved: set[int]) -> list[Block]:
    """But for what most people like, which stands above, however many do not."""
    disputed = [each for each in shown.sentences if each.place == Place.DISPUTED]
    found = [each for each in disputed if each.proposal.pk not in loved]
    return [{"kind": "list", "items": [f"{_quoted(each.title)}\n{each.counts}" for each in found]}] if found else []


# ── Answers ───────────────────────────────────────────────────────────────────


def _answers(shown: Shown) -> list[Block]:
    """Those that are published, of the proposals that are quoted."""
    order = {each.proposal.pk: place for place, each in enumerate(shown.sentences)}
    found = AnswerVersion.objects.filter(answer__proposal__in=order, is_hidden=False, answer__current_id=F("pk"))
    versions = sorted(found.select_related("answer"), key=lambda each: order[each.answer.proposal_id])
    if not versions:
        return []
    rows = [
        [each.proposal_title, str(each.get_decision_display()), "\n".join(filter(None, (each.own_words, each.reasons)))]
        for each in versions
    ]
    return [_table([4, 3, 8], [_("Proposal"), pgettext("of the authority", "Answer"), _("Reasons")], rows)]


def _words(words: Any) -> Block:
    return {"kind": "words", "words": str(words)}


def _table(widths: list[int], head: list[str], rows: list[list[str]], *, figures: Any = ()) -> Block:
    """`figures`: the columns that stand at the right."""
    return {"kind": "table", "widths": widths, "head": head, "rows": rows, "figures": list(figures)}
