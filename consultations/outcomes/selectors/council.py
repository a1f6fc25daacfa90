"""What the city takes to its council: a draft of the deliberation, a summary, and the table of all answers.

Nothing is in it that is not public: no address of anybody, authors by their public names.
"""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from common import typeset
from common.city import present_city
from common.templatetags.ui import colon, deadline, figure, full_day
from consultations.framing.models import Consultation
from consultations.framing.selectors import period
from consultations.outcomes.answer_words import given_on
from consultations.outcomes.enums import Decision
from consultations.outcomes.models import AnswerVersion
from consultations.outcomes.results_words import counted, lateness
from consultations.outcomes.selectors.clock import to_answer
from consultations.outcomes.selectors.participants import Part
from consultations.outcomes.selectors.results import Results, results_of
from consultations.participation.models import Proposal

_TEMPLATE = (Path(__file__).parents[1] / "council.typ").read_bytes()

Block = dict[str, Any]


def council_pdf(consultation: Consultation, *, at: datetime) -> bytes:
    """One accessible PDF. As many queries whatever there is to print; a hundred answers take a tenth of a second."""
    results = results_of(consultation, at=at)
    city = present_city()
    name = city.name if city else ""
    content: dict[str, Any] = {
        "title": _("File for the council: %(title)s") % {"title": consultation.title},
        "city": name,
        "lang": (get_language() or "fr")[:2],
        "footer": f"{name} · {consultation.title} · {full_day(at)}",
        "parts": [
            {"heading": _("Draft deliberation"), "wide": False, "blocks": _deliberation(results, name)},
            {"heading": _("Summary"), "wide": False, "blocks": _summary(results)},
            {"heading": _("Answers, proposal by proposal"), "wide": True, "blocks": [_answers(consultation)]},
        ],
    }
    content["made"] = _made(at, has_gaps=typeset.leaves_gaps(content))
    return typeset.pdf(_TEMPLATE, content)


def _made(at: datetime, *, has_gaps: bool) -> str:
    said = _(
        "Made on %(day)s from what is published on the platform. To be read again and completed before it is used."
    )
    gaps = _("Signs that this document cannot show are replaced by %(mark)s; the spreadsheet has them.")
    return "\n".join([said % {"day": full_day(at)}, *([gaps % {"mark": typeset.NOT_DRAWN}] if has_gaps else [])])


# ── The draft of the deliberation ─────────────────────────────────────────────


def _deliberation(results: Results, city: str) -> list[Block]:
    """Its reasons are facts of the consultation; what only the authority knows is left to be filled in."""
    gap = _("[to be completed]")
    said = [
        _("This draft commits nobody: have your legal service read it."),
        _("Considering the code of relations between the public and the administration, article L. 131-1;"),
        _("Considering %(gap)s (the texts that give the assembly its competence);") % {"gap": gap},
        *_reasons(results, city),
        _("After deliberating, the assembly decides:"),
        _(
            "Article 1. It takes note of the results of the consultation “%(title)s”, and of the answers given to its"
            " proposals, which are joined to this deliberation."
        )
        % {"title": results.consultation.title},
        _("Article 2. It decides the following: %(gap)s") % {"gap": gap},
        _(
            "Article 3. It gives %(gap)s the task of carrying this deliberation out, and of publishing what becomes of"
            " it."
        )
        % {"gap": gap},
    ]
    return [_words(each) for each in said]


def _reasons(results: Results, city: str) -> Iterator[str]:
    consultation, answered, promise = results.consultation, results.answered, results.promise
    yield _("Considering that %(city)s has consulted the public %(when)s on the question “%(question)s”;") % {
        "city": city,
        "when": period(results.opens_at, results.closes_at),
        "question": consultation.question,
    }
    yield _("Considering that %(people)s took part, with %(proposals)s and %(arguments)s;") % {
        "people": _people(results),
        "proposals": counted("proposals", results.proposals),
        "arguments": counted("arguments", results.arguments),
    }
    if promise.until:
        yield _("Considering that an answer to each proposal was promised by %(day)s;") % {
            "day": deadline(promise.until)
        }
    if answered.given:
        yield _("Considering that %(answers)s, with reasons and signed, have been published: %(decisions)s;") % {
            "answers": counted("answers", answered.given),
            "decisions": _decisions(results),
        }
    if answered.left:
        yield ngettext(
            "Considering that %(count)s proposal still waits for its answer;",
            "Considering that %(count)s proposals still wait for their answers;",
            answered.left,
        ) % {"count": figure(answered.left)}
    if results.project_count:
        yield _("Considering that %(projects)s came of it;") % {"projects": counted("projects", results.project_count)}
    if results.given_up_count:
        told = ngettext(
            "Considering that %(count)s project was given up, with its reason told;",
            "Considering that %(count)s projects were given up, with their reasons told;",
            results.given_up_count,
        )
        yield told % {"count": figure(results.given_up_count)}


def _people(results: Results) -> str:
    total = results.participants.total
    return _("fewer than 5 persons") if total is None else counted("persons", total)


def _decisions(results: Results) -> str:
    given = results.answered.counts
    return ", ".join(f"{str(each.label).lower()}{colon()}{figure(given[each])}" for each in Decision if given[each])


# ── The summary ───────────────────────────────────────────────────────────────


def _summary(results: Results) -> list[Block]:
    people, lines = results.participants, [results.headline]
    if results.takeaways:
        lines.append(results.takeaways)
    stairs = [[stair.label, figure(stair.count)] for stair in results.stairs]
    blocks = [_words(each) for each in lines]
    if stairs:
        blocks.append(_table([4, 1], [_("What became of the proposals"), _("How many")], stairs))
    if results.lateness:
        blocks.append(_words(lateness(results)))
    took_part = [
        Part(_("took part"), people.total),
        Part(pgettext("persons", "proposed"), people.proposed),
        Part(pgettext("persons", "reacted"), people.reacted),
        Part(pgettext("persons", "argued or replied"), people.argued),
    ]
    for words, parts in (
        (_("Who took part"), took_part if people.total else []),
        (_("In what capacity"), people.capacities),
        (_("Where they live"), people.neighbourhoods),
        (_("How they came"), people.channels),
    ):
        if parts:
            rows = [[each.label, _shown(each.count)] for each in parts]
            blocks.append(_table([4, 1], [words, _("Persons")], rows))
    if people.hides:
        blocks.append(
            _words(_("Hidden: counts of fewer than 5 persons, and those from which they could be worked out."))
        )
    if results.projects:
        rows = [[str(each.project.get_state_display()), each.project.title] for each in results.projects]
        blocks.append(_table([1, 4], [pgettext("of a project", "State"), pgettext("outcomes", "Project")], rows))
    return blocks


def _shown(count: int | None) -> str:
    return pgettext("count", "hidden") if count is None else figure(count)


# ── The table of answers ──────────────────────────────────────────────────────


def proposals_to_print(consultation: Consultation) -> QuerySet[Proposal]:
    """All that the city answers, challenge by challenge, with what counts of each answer."""
    gathered = Proposal.objects.published().filter(merged_into=OuterRef("pk")).order_by().values("merged_into")
    gathers = Coalesce(Subquery(gathered.annotate(count=Count("pk")).values("count")), 0)
    found = to_answer(consultation).select_related("challenge", "author", "answer__current")
    return found.defer("search", "solution", "problem", "benefit").annotate(gathers=gathers).order_by(
        "challenge__position", "challenge__pk", "submitted_at", "pk"
    )  # fmt: skip


def _version(proposal: Proposal) -> AnswerVersion | None:
    answer = getattr(proposal, "answer", None)
    current: AnswerVersion | None = answer.current if answer else None
    if answer is None or current is None or current.is_hidden:
        return None
    current.answer = answer
    return current


def _answers(consultation: Consultation) -> Block:
    head = [_("Number"), _("Proposal"), pgettext("of the authority", "Answer"), _("Reasons"), _("Signature")]
    rows = [_printed(each) for each in proposals_to_print(consultation)]
    return _table([2, 7, 5, 13, 5], head, rows) if rows else _words(_("There was no proposal to answer."))


def _printed(proposal: Proposal) -> list[str]:
    current = _version(proposal)
    whose = _whose(proposal)
    if current is None:
        return [str(proposal.pk), f"{proposal.title}\n{whose}", _("not answered yet"), "", ""]
    answer = [str(current.get_decision_display()), current.competent]
    if current.expected_on:
        answer.append(_("expected by %(day)s") % {"day": full_day(current.expected_on)})
    return [
        str(proposal.pk),
        "\n".join(filter(None, (current.proposal_title, whose, _earlier_text(proposal, current)))),
        "\n".join(filter(None, answer)),
        "\n".join(filter(None, (current.own_words, current.reasons))),
        f"{current.signed_name}\n{current.signed_function}\n{given_on(current)}",
    ]


def _earlier_text(proposal: Proposal, current: AnswerVersion) -> str:
    """Empty where what was answered is the present text."""
    if current.proposal_version == proposal.version:
        return ""
    said = {"number": current.proposal_version, "last": proposal.version}
    return _("Answer to version %(number)s; version %(last)s was published since.") % said


def _whose(proposal: Proposal) -> str:
    gathers: int = proposal.gathers  # type: ignore[attr-defined]
    if gathers:
        return ngettext(
            "collective, of %(count)s proposal", "collective, of %(count)s proposals", gathers
        ) % {"count": figure(gathers)}  # fmt: skip
    return proposal.author_name


def answers_head() -> list[str]:
    return [
        _("Number"),
        _("Challenge"),
        _("Proposal"),
        _("Public name"),
        pgettext("of the authority", "Answer"),
        _("Version that is answered"),
        _("Sentence for this proposal alone"),
        _("Reasons"),
        _("Who decides on it"),
        _("Final answer expected by"),
        _("Signed by"),
        pgettext("of who signed", "Function"),
        _("Signed on"),
        _("Address"),
    ]


def answers_rows(consultation: Consultation) -> Iterator[list[Any]]:
    """The same for a spreadsheet, whole."""
    city = present_city()
    site = city.url.rstrip("/") if city else ""
    for proposal in proposals_to_print(consultation):
        current = _version(proposal)
        row: list[Any] = [proposal.pk, proposal.challenge.label]
        if current is None:
            row += [proposal.title, _whose(proposal), _("not answered yet"), *[""] * 8]
        else:
            row += [
                current.proposal_title,
                _whose(proposal),
                str(current.get_decision_display()),
                _earlier_text(proposal, current) or str(current.proposal_version),
                current.own_words,
                current.reasons,
                current.competent,
                full_day(current.expected_on),
                current.signed_name,
                current.signed_function,
                current.signed_at,
            ]
        yield [*row, f"{site}{proposal.short_address}"]


def _words(words: str) -> Block:
    return {"kind": "words", "words": words}


def _table(widths: list[int], head: list[str], rows: list[list[str]]) -> Block:
    return {"kind": "table", "widths": widths, "head": head, "rows": rows}
