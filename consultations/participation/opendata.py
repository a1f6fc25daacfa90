"""What is open of what people write (consultations.opendata): what everybody reads, signed by pseudonyms.

Of whoever wrote it nothing else is there. In what quality they take part would, counted together with the figures that
are published, tell parts of fewer than five persons. Reactions are counts. What is hidden, waits, was taken back or
removed is not there, nor what hangs on it.
"""

from collections.abc import Iterable
from typing import Any

from django.db.models import Case, F, QuerySet, When
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from consultations.framing.models import Consultation
from consultations.opendata.names import Names
from consultations.opendata.registry import Column, Kind, address, named, offers_feed, opens, refers, wrote
from consultations.participation.enums import ArgumentKind, Part, Stage, Stance, Status, Verdict
from consultations.participation.models import Argument, Proposal, ProposalVersion, Reply, Source

_AT_ONCE = 200

offers_feed("proposals_feed", _("New proposals"), order=10)
_STANCES = {Stance.FOR: "for", Stance.AGAINST: "against", Stance.IMPROVE: "improve"}
_TALLIED = {"for": "like", "mixed": "mixed", "against": "dislike"}


def _published(consultation: Consultation) -> QuerySet[Proposal]:
    shown = consultation.challenges.shown().values("pk")
    return Proposal.objects.published().filter(challenge__in=shown).order_by()


def _channel(each: Any, names: Names) -> str:
    return str(each.channel.label)


def _came() -> Column:
    meaning = _("how it came: on this site, on paper, by telephone, at a meeting, at a counter, or from elsewhere")
    return Column("canal", _channel, meaning, required=True)


def _submitted() -> Column:
    return Column("publie_le", "submitted_at", _("when it was published"), Kind.MOMENT, required=True)


def _of_team() -> Column:
    meaning = _("whether whoever wrote it is of the authority’s team, and says so on the site")
    return Column("equipe", lambda each, names: bool(each.author_function), meaning, Kind.FLAG, required=True)


def _counts(ending: str, field: str, meaning: Any) -> list[Column]:
    """Of the three reactions; `field`: where the count of "like" stands in a row."""

    def column(name: str, value: str, words: Any) -> Column:
        return Column(f"{name}{ending}", field.replace("like", value), words, Kind.NUMBER, required=True)

    named_so = {"j_aime": "like", "partage": "mixed", "je_n_aime_pas": "dislike"}
    return [column(name, value, words) for (name, value), words in zip(named_so.items(), meaning, strict=True)]


def _elsewhere(name: str, key: str, meaning: Any) -> Column:
    return Column(name, lambda each, names: (each.imported_tally or {}).get(key), meaning, Kind.NUMBER)


def _signed(said: dict[str, Any], each: Any, names: Names) -> dict[str, Any]:
    """A line with its author, whom nobody is named by."""
    author = names.author(each)
    return {**said, **({"author": f"Participant {author}"} if author else {}), "submitted_at": each.submitted_at}


def _texts(each: Any) -> dict[str, str]:
    said = {"title": each.title, "body": each.solution, "rationale": each.problem, "benefit": each.benefit}
    return {name: text for name, text in said.items() if text or name in ("title", "body")}


def proposal_line(each: Proposal, names: Names) -> dict[str, Any]:
    """With its earlier texts, the first one first; the present one's date and note are its own."""
    written = sorted(each.versions.all(), key=lambda version: version.number)
    tally = {
        name: getattr(each, f"{ours}_count") + (each.imported_tally or {}).get(ours, 0)
        for name, ours in _TALLIED.items()
    }
    said: dict[str, Any] = {
        "type": "proposal",
        "ref": names.of("propositions", each.pk),
        "challenge": names.of("defis", each.challenge_id),
        **_texts(each),
        **({"place": each.neighbourhood} if each.neighbourhood else {}),
        "tally": tally,
    }
    if len(written) > 1:
        said["versions"] = [_version(version) for version in written[:-1]]
        said |= {"reworked_at": written[-1].created_at, **({"note": written[-1].note} if written[-1].note else {})}
    return _signed(said, each, names)


def _version(each: ProposalVersion) -> dict[str, Any]:
    note = {"note": each.note} if each.note else {}
    return {**_texts(each), **note, "submitted_at": each.created_at}


@opens(
    "propositions",
    _("Proposals"),
    _("Each proposal that everybody reads, with its present text and its counts."),
    order=30,
    columns=(
        named("propositions"),
        refers("defi", "defis", "challenge_id", _("the challenge that it answers"), required=True),
        Column("titre", "title", _("its title"), required=True),
        Column("solution", "solution", _("the solution that it proposes"), required=True),
        Column("probleme", "problem", _("the problem that it aims at")),
        Column("benefice", "benefit", _("what it would bring")),
        wrote(),
        _of_team(),
        Column("quartier", "neighbourhood", _("the part of town that it is about")),
        _submitted(),
        Column("version", "version", _("which version the present text is"), Kind.NUMBER, required=True),
        Column("reecrite_le", "reworked_at", _("when it was last rewritten"), Kind.MOMENT),
        Column("etape", "stage", _("where it is on its way from an idea to a project"), codes=Stage, required=True),
        refers("reunie_dans", "propositions", "into", _("the collective proposal that it is part of")),
        *_counts(
            "",
            "like_count",
            (_("reactions “J’aime”"), _("reactions “Partagé”"), _("reactions “Je n’aime pas”")),
        ),
        *_counts(
            "_version_actuelle",
            "current_like_count",
            (
                _("reactions “J’aime” given to the present version, or confirmed on it"),
                _("reactions “Partagé” given to the present version, or confirmed on it"),
                _("reactions “Je n’aime pas” given to the present version, or confirmed on it"),
            ),
        ),
        _elsewhere("pour_ailleurs", "like", _("voices for it on the site from which it was taken over")),
        _elsewhere("mitige_ailleurs", "mixed", _("mixed voices on the site from which it was taken over")),
        _elsewhere("contre_ailleurs", "dislike", _("voices against it on the site from which it was taken over")),
        Column("arguments_pour", "for_count", _("arguments for it"), Kind.NUMBER, required=True),
        Column("arguments_contre", "against_count", _("arguments against it"), Kind.NUMBER, required=True),
        Column("arguments_ameliorer", "improve_count", _("arguments to improve it"), Kind.NUMBER, required=True),
        _came(),
        address(),
    ),
    line=proposal_line,
)
def proposals(consultation: Consultation) -> Iterable[Proposal]:
    """A collective proposal before those that are part of it."""
    into = Case(When(merged_into__status=Status.PUBLISHED, then=F("merged_into_id")))
    found = _published(consultation).annotate(into=into).select_related("author").prefetch_related("versions")
    return found.defer("search").order_by(F("into").desc(nulls_first=True), "pk").iterator(chunk_size=_AT_ONCE)


@opens(
    "versions",
    _("Versions of proposals"),
    _("Each text that a proposal has had, from the first to the present one."),
    order=35,
    columns=(
        refers("proposition", "propositions", "proposal_id", _("the proposal"), required=True),
        Column("numero", "number", _("which version of it: 1 is what was first published"), Kind.NUMBER, required=True),
        Column("titre", "title", _("its title"), required=True),
        Column("solution", "solution", _("the solution that it proposes"), required=True),
        Column("probleme", "problem", _("the problem that it aims at")),
        Column("benefice", "benefit", _("what it would bring")),
        Column("note", "note", _("what changed, in the words of who rewrote it")),
        Column("auteur", lambda each, names: names.person(each.made_by_id), _("a pseudonym for who rewrote it")),
        Column("publie_le", "created_at", _("when it was published"), Kind.MOMENT, required=True),
    ),
    key=("proposition", "numero"),
)
def versions(consultation: Consultation) -> Iterable[ProposalVersion]:
    found = ProposalVersion.objects.filter(proposal__in=_published(consultation).values("pk"))
    return found.order_by("proposal", "number").iterator(chunk_size=_AT_ONCE)


def argument_line(each: Argument, names: Names) -> dict[str, Any]:
    said = {
        "type": "argument",
        "ref": names.of("arguments", each.pk),
        "proposal": names.of("propositions", each.proposal_id),
        "stance": _STANCES[Stance(each.stance)],
        "body": each.text,
        "votes": each.useful_count + each.imported_votes,
    }
    more = {
        "kind": each.kind.lower(),
        "part": each.part.lower(),
        "version": each.version if each.version != 1 else None,
        "source_title": each.source_title,
        "source_url": each.source_url,
        "verdict": each.verdict.lower(),
        "verdict_reason": "" if each.verdict_hidden else each.verdict_reason,
        "taken_in": each.taken_in,
    }
    return _signed({**said, **{name: value for name, value in more.items() if value}}, each, names)


@opens(
    "arguments",
    _("Arguments"),
    _("Why people are for a proposal, against it, or would improve it; and what its author made of that."),
    order=40,
    columns=(
        named("arguments"),
        refers("proposition", "propositions", "proposal_id", _("the proposal that it is about"), required=True),
        Column("position", "stance", _("for, against, or to improve"), codes=Stance, required=True),
        Column("nature", "kind", _("what kind of argument it is"), codes=ArgumentKind),
        Column("partie", "part", _("the part of the proposal that it is about"), codes=Part),
        Column("texte", "text", _("the argument"), required=True),
        Column("source", "source_title", _("the title of the source that it gives")),
        Column("adresse_source", "source_url", _("the address of the source that it gives"), Kind.ADDRESS),
        wrote(),
        _of_team(),
        _submitted(),
        Column("version", "version", _("the version of the proposal that was read"), Kind.NUMBER, required=True),
        Column("utile", "useful_count", _("persons who found it useful"), Kind.NUMBER, required=True),
        Column(
            "voix_ailleurs",
            "imported_votes",
            pgettext_lazy("argument", "voices for it on the site from which it was taken over"),
            Kind.NUMBER,
            required=True,
        ),
        Column("reponses", "reply_count", _("replies that everybody reads"), Kind.NUMBER, required=True),
        Column("suite", "verdict", _("what the author of the proposal made of it"), codes=Verdict),
        Column(
            "motif",
            lambda each, names: "" if each.verdict_hidden else each.verdict_reason,
            _("why, in the words of the author of the proposal"),
        ),
        Column("suite_le", "verdict_at", _("when the author of the proposal said so"), Kind.MOMENT),
        Column("repris_dans", "taken_in", _("the version that took it up"), Kind.NUMBER),
        _came(),
    ),
    line=argument_line,
)
def arguments(consultation: Consultation) -> Iterable[Argument]:
    found = Argument.objects.filter(status=Status.PUBLISHED, proposal__in=_published(consultation).values("pk"))
    return found.select_related("author").order_by("proposal", "pk").iterator(chunk_size=_AT_ONCE)


def reply_line(each: Reply, names: Names) -> dict[str, Any]:
    said = {
        "type": "reply",
        "ref": names.of("reponses", each.pk),
        "argument": names.of("arguments", each.argument_id),
        "body": each.text,
    }
    return _signed(said, each, names)


@opens(
    "reponses",
    _("Replies to arguments"),
    _("What people answer to each other. There is one level of replies."),
    order=45,
    columns=(
        named("reponses"),
        refers("argument", "arguments", "argument_id", _("the argument that it answers"), required=True),
        Column("texte", "text", _("the reply"), required=True),
        wrote(),
        _of_team(),
        _submitted(),
    ),
    line=reply_line,
)
def replies(consultation: Consultation) -> Iterable[Reply]:
    found = Reply.objects.filter(
        status=Status.PUBLISHED,
        argument__status=Status.PUBLISHED,
        argument__proposal__in=_published(consultation).values("pk"),
    )
    return found.select_related("author").order_by("argument", "pk").iterator(chunk_size=_AT_ONCE)


def source_line(each: Source, names: Names) -> dict[str, Any]:
    return {
        "type": "source",
        "ref": names.of("sources", each.pk),
        "proposal": names.of("propositions", each.proposal_id),
        "title": each.title,
        "url": each.url,
        "submitted_at": each.submitted_at,
    }


@opens(
    "sources",
    _("Sources"),
    _("References that were given for a proposal on the site from which it was taken over."),
    order=50,
    columns=(
        named("sources"),
        refers("proposition", "propositions", "proposal_id", _("the proposal"), required=True),
        Column("titre", "title", _("its title"), required=True),
        Column("adresse", "url", pgettext_lazy("source", "where it is"), Kind.ADDRESS, required=True),
        _submitted(),
    ),
    line=source_line,
)
def sources(consultation: Consultation) -> Iterable[Source]:
    found = Source.objects.filter(proposal__in=_published(consultation).values("pk"))
    return found.order_by("proposal", "pk").iterator(chunk_size=_AT_ONCE)
