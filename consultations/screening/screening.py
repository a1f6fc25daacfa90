"""What a moderator should look at in a text. It only points: nothing is decided by a flag.

Every search is bounded: none goes over the same signs more than a few dozen times, whatever is typed.
"""

from collections.abc import Iterable

from consultations.screening.detectors.advertising import advertising_in
from consultations.screening.detectors.capitals import capitals_in
from consultations.screening.detectors.emails import emails_in
from consultations.screening.detectors.insults import insults_in
from consultations.screening.detectors.links import link_of_a_text, links_in
from consultations.screening.detectors.numbers import numbers_in
from consultations.screening.detectors.phones import phones_in
from consultations.screening.flags import Finding, Flag, overlaps
from consultations.screening.lexicon import Lexicon
from consultations.screening.reading import Reading


def flags_of(text: str, *, lexicon: Lexicon, is_source: bool = False) -> list[Flag]:
    """The flags of a text, in the order of their places, which are those of the text as it is given.

    `is_source`: a link is all that is asked for there.
    """
    reading = Reading(text)
    if not reading.plain.strip():
        return []
    emails = list(emails_in(reading))
    email_places = _places(emails)
    link_places, doubtful = links_in(reading, email_places)
    hidden = email_places + link_places
    numbers = _free(numbers_in(reading), hidden)
    phones = _free(phones_in(reading), hidden + _places(numbers))
    reachable = bool(emails or link_places or phones)
    findings = [
        *emails,
        *numbers,
        *phones,
        *_longest(insults_in(reading, lexicon, hidden)),
        *(doubtful or _sold(reading, [] if is_source else link_places, reachable=reachable)),
        *capitals_in(reading),
    ]
    return sorted((_flag(reading, finding) for finding in findings), key=lambda flag: (flag.start, flag.end, flag.kind))


def _sold(reading: Reading, links: list[tuple[int, int]], *, reachable: bool) -> list[Finding]:
    """Who sells with a doubtful link is told by it, else by what they say, else by a link that asks to be pressed."""
    return list(advertising_in(reading, reachable=reachable)) or list(link_of_a_text(reading, links))


def _places(findings: Iterable[Finding]) -> list[tuple[int, int]]:
    return [(finding.start, finding.end) for finding in findings]


def _free(findings: Iterable[Finding], taken: list[tuple[int, int]]) -> list[Finding]:
    """Those that stand in nothing else, and the first of those that overlap."""
    kept: list[Finding] = []
    for finding in findings:
        if not overlaps(finding.start, finding.end, taken + _places(kept)):
            kept.append(finding)
    return kept


def _longest(findings: Iterable[Finding]) -> list[Finding]:
    """Of findings that overlap, the longest."""
    kept: list[Finding] = []
    for finding in sorted(findings, key=lambda each: (each.start, -each.end)):
        if kept and finding.start < kept[-1].end:
            if finding.end - finding.start > kept[-1].end - kept[-1].start:
                kept[-1] = finding
            continue
        kept.append(finding)
    return kept


def _flag(reading: Reading, finding: Finding) -> Flag:
    start, end = reading.place(finding.start, finding.end)
    return Flag(finding.kind, start, end, reading.text[start:end], finding.reason)
