"""What the city takes to its council: a draft of the deliberation, a summary, the table of all answers.

Nothing is in it that is not public, but for what services think: that is a part of its own, which says so. No address
of anybody, authors by their public names.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db.models import Case, Count, IntegerField, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import get_language, gettext_lazy, ngettext, pgettext
from django.utils.translation import gettext as _

from common import typeset
from common.city import present_city
from common.templatetags.ui import colon, figure, first_day, full_day, last_day
from consultations.framing.models import Consultation
from consultations.framing.selectors import period
from consultations.outcomes.answer_words import decided, given_on
from consultations.outcomes.enums import ALIVE, Decision
from consultations.outcomes.models import AnswerVersion, Project
from consultations.outcomes.results_words import counted, gathered, headline, lateness
from consultations.outcomes.selectors.clock import ANSWERED, answered_or_due
from consultations.outcomes.selectors.council_tables import (
    in_words,
    opinions_head,
    opinions_in_print,
    opinions_rows,
    planned_in_all,
    projects_by_proposal,
    projects_head,
    projects_in_print,
    projects_rows,
    projects_to_print,
    supports,
    supports_in_words,
)
from consultations.outcomes.selectors.participants import Part
from consultations.outcomes.selectors.results import OVER, Results, results_of
from consultations.participation.models import Proposal

_TEMPLATE = (Path(__file__).parents[1] / "council.typ").read_bytes()

Block = dict[str, Any]
_HIDDEN = gettext_lazy("Hidden: counts of fewer than 5 persons, and those from which they could be worked out.")


def council_pdf(consultation: Consultation, *, at: datetime) -> bytes:
    """One accessible PDF. As many queries whatever there is to print; a hundred answers take a tenth of a second."""
    results, projects = results_of(consultation, at=at), projects_to_print(consultation)
    city = present_city()
    name = city.name if city else ""
    content: dict[str, Any] = {
        "title": _("File for the council: %(title)s") % {"title": consultation.title},
        "city": name,
        "lang": (get_language() or "fr")[:2],
        "footer": f"{name} · {consultation.title} · {full_day(at)}",
        "parts": [
            {"heading": _("Draft deliberation"), "wide": False, "blocks": _deliberation(results, name, projects)},
            {"heading": _("Summary"), "wide": False, "blocks": _summary(results, projects)},
            {"heading": _("Answers, proposal by proposal"), "wide": True, "blocks": _answers(consultation)},
            *_opinions(consultation),
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


def _deliberation(results: Results, city: str, projects: QuerySet[Project]) -> list[Block]:
    """Its reasons are facts of the consultation; what only the authority knows is left to be filled in."""
    gap, title = _("[to be completed]"), results.consultation.title
    said = [
        *([] if _is_over(results) else [_not_over(results)]),
        _("This draft commits nobody: have your legal service read it."),
        _("Meeting of: %(gap)s. Presented by: %(gap)s.") % {"gap": gap},
        _("Subject: what is done with the consultation “%(title)s”.") % {"title": title},
        _("Considering the code of relations between the public and the administration, article L. 131-1;"),
        _("Considering %(gap)s (the texts that give the assembly its competence);") % {"gap": gap},
        *_reasons(results, city, planned_in_all(projects)),
        _("After deliberating, the assembly decides:"),
        _(
            "Article 1. It takes note of the results of the consultation “%(title)s”, and of the answers given to its"
            " proposals, which are joined to this deliberation."
        )
        % {"title": title},
    ]
    alive = [each for each in projects if each.state in ALIVE]
    decides = [_words(_("Article 2. It decides the following: %(gap)s") % {"gap": gap})]
    if alive:
        decides = [_words(_("Article 2. Of the projects that came of it, it decides the following:"))]
        decides.append({"kind": "list", "items": [f"{in_words(each)}{colon()}{gap}" for each in alive]})
    then = [
        _(
            "Article 3. It gives %(gap)s the task of carrying this deliberation out, and of publishing what becomes of"
            " it."
        )
        % {"gap": gap},
        _("Votes. For: %(gap)s. Against: %(gap)s. Abstentions: %(gap)s.") % {"gap": gap},
    ]
    return [*(_words(each) for each in said), *decides, *(_words(each) for each in then)]


def _is_over(results: Results) -> bool:
    return results.consultation.state(results.promise.at) in OVER


def _not_over(results: Results) -> str:
    said = _("The consultation is not over: the figures are those of %(day)s. Make this file again once it is.")
    return said % {"day": full_day(results.promise.at)}


def _when(results: Results) -> str:
    """In days: the hour of an early close says nothing to a council."""
    if not (results.opens_at and results.closes_at):
        return period(results.opens_at, results.closes_at)
    days = {"first": full_day(first_day(results.opens_at)), "last": full_day(last_day(results.closes_at))}
    return _("from %(first)s to %(last)s") % days


def _reasons(results: Results, city: str, budget: str) -> Iterator[str]:
    consultation, answered, promise = results.consultation, results.answered, results.promise
    consults = (
        _("Considering that %(city)s has consulted the public %(when)s on the question “%(question)s”;")
        if _is_over(results)
        else _("Considering that %(city)s consults the public %(when)s on the question “%(question)s”;")
    )
    yield consults % {
        "city": city,
        "when": _when(results),
        "question": consultation.question,
    }
    yield _("Considering that %(people)s took part, with %(proposals)s and %(arguments)s;") % {
        "people": _people(results),
        "proposals": counted("proposals", results.proposals),
        "arguments": counted("arguments", results.arguments),
    }
    if promise.until:
        yield _("Considering that an answer to each proposal was promised by %(day)s;") % {
            "day": full_day(last_day(promise.until))
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
    if budget:
        yield _("Considering that the budget planned for them is: %(budget)s;") % {"budget": budget}
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
    return ", ".join(f"{figure(given[each])} {decided(given[each], each)}" for each in Decision if given[each])


# ── The summary ───────────────────────────────────────────────────────────────


def _summary(results: Results, projects: QuerySet[Project]) -> list[Block]:
    people, lines = results.participants, [headline(results, to_authors=False)]
    if results.gathered:
        lines.append(gathered(results))
    if results.takeaways:
        lines.append(results.takeaways)
    stairs = [[stair.label, figure(stair.count)] for stair in results.stairs]
    blocks = [_words(each) for each in lines]
    if stairs:
        blocks.append(_table([4, 1], [_("What became of the proposals"), _("How many")], stairs, figures=[1]))
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
            blocks.append(_table([4, 1], [words, _("Persons")], rows, figures=[1]))
    if people.hides:
        blocks.append(_words(_HIDDEN))
    if printed := projects_in_print(projects):
        head = [pgettext("of a project", "State"), pgettext("outcomes", "Project"), pgettext("money", "Planned")]
        head += [pgettext("money", "Spent"), _("Next step, or why it was given up")]
        blocks.append(_table([4, 9, 5, 4, 9], head, printed, figures=[2, 3]))
    return blocks


def _shown(count: int | None) -> str:
    return pgettext("count", "hidden") if count is None else figure(count)


# ── The table of answers ──────────────────────────────────────────────────────


def proposals_to_print(consultation: Consultation) -> QuerySet[Proposal]:
    """All that the city answers, what it accepts first, then by supports; with what counts of each answer."""
    gathered = Proposal.objects.published().filter(merged_into=OuterRef("pk")).order_by().values("merged_into")
    gathers = Coalesce(Subquery(gathered.annotate(count=Count("pk")).values("count")), 0)
    rank = Case(
        *(When(ANSWERED, answer__current__decision=each, then=Value(place)) for place, each in enumerate(Decision)),
        default=Value(len(Decision)),
        output_field=IntegerField(),
    )
    found = answered_or_due(consultation).select_related("challenge", "author", "answer__current")
    found = found.defer("search", "solution", "problem", "benefit").annotate(gathers=gathers)
    return found.order_by(rank, "-like_count", "submitted_at", "pk")


def _version(proposal: Proposal) -> AnswerVersion | None:
    answer = getattr(proposal, "answer", None)
    current: AnswerVersion | None = answer.current if answer else None
    if answer is None or current is None or current.is_hidden:
        return None
    current.answer = answer
    return current


def _answers(consultation: Consultation) -> list[Block]:
    head = [_("Number"), _("Proposal"), _("Supports"), pgettext("of the authority", "Answer"), _("Reasons")]
    became = projects_by_proposal(consultation)
    rows = [_printed(each, became.get(each.pk, [])) for each in proposals_to_print(consultation)]
    if not rows:
        return [_words(_("There was no proposal to answer."))]
    order = _("Those that are accepted come first, then those with most supports. A support is a person who likes it.")
    return [_words(order), _table([2, 7, 3, 5, 13, 5], [*head, _("Signature")], rows)]


def _printed(proposal: Proposal, projects: list[Project]) -> list[str]:
    current = _version(proposal)
    about = [_whose(proposal), _("Challenge: %(name)s") % {"name": proposal.challenge.label}]
    counts = supports_in_words(proposal)
    if current is None:
        return [str(proposal.pk), "\n".join([proposal.title, *about]), counts, _("not answered yet"), "", ""]
    answer = [str(current.get_decision_display()), current.competent]
    if current.expected_on:
        answer.append(_("expected by %(day)s") % {"day": full_day(current.expected_on)})
    answer += [_("Project: %(project)s") % {"project": in_words(each)} for each in projects]
    return [
        str(proposal.pk),
        "\n".join(filter(None, (current.proposal_title, *about, _earlier_text(proposal, current)))),
        counts,
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
        _("Supports"),
        _("Of which for the present text"),
        pgettext("of the authority", "Answer"),
        _("Version that is answered"),
        _("Sentence for this proposal alone"),
        _("Reasons"),
        _("Who decides on it"),
        _("Final answer expected by"),
        _("Signed by"),
        pgettext("of who signed", "Function"),
        _("Signed on"),
        _("First answer given on"),
        pgettext("outcomes", "Project"),
        _("Address"),
    ]


def answers_rows(consultation: Consultation) -> Iterator[list[Any]]:
    """The same for a spreadsheet, whole."""
    city = present_city()
    site = city.url.rstrip("/") if city else ""
    became = projects_by_proposal(consultation)
    for proposal in proposals_to_print(consultation):
        current = _version(proposal)
        row: list[Any] = [proposal.pk, proposal.challenge.label]
        if current is None:
            row += [proposal.title, _whose(proposal), *supports(proposal), _("not answered yet"), *[""] * 9]
        else:
            row += [
                current.proposal_title,
                _whose(proposal),
                *supports(proposal),
                str(current.get_decision_display()),
                _earlier_text(proposal, current) or str(current.proposal_version),
                current.own_words,
                current.reasons,
                current.competent,
                current.expected_on,
                current.signed_name,
                current.signed_function,
                current.signed_at,
                current.answer.answered_at,
            ]
        projects = ", ".join(in_words(each) for each in became.get(proposal.pk, []))
        yield [*row, projects, f"{site}{proposal.short_address}"]


def council_sheets(consultation: Consultation) -> list[tuple[str, list[str], Iterable[list[Any]]]]:
    """The spreadsheet: what each sheet is called, its head and its rows."""
    return [
        (_("Answers"), answers_head(), answers_rows(consultation)),
        (_("Projects"), projects_head(), projects_rows(projects_to_print(consultation))),
        (_("Opinions (not published)"), opinions_head(), opinions_rows(consultation)),
    ]


# ── What services think ───────────────────────────────────────────────────────


def _opinions(consultation: Consultation) -> list[Block]:
    rows = opinions_in_print(consultation)
    if not rows:
        return []
    said = _("For the members of the assembly. The opinions are not published: take this part out of what you publish.")
    table = _table([2, 6, 4, 4, 10, 4, 4], opinions_head(), rows, figures=[5])
    return [{"heading": _("What the services think"), "wide": True, "blocks": [_words(said), table]}]


def _words(words: Any) -> Block:
    return {"kind": "words", "words": str(words)}


def _table(widths: list[int], head: list[str], rows: list[list[str]], *, figures: Iterable[int] = ()) -> Block:
    """`figures`: the columns that stand at the right."""
    return {"kind": "table", "widths": widths, "head": head, "rows": rows, "figures": list(figures)}
