"""Themes of the proposals of each challenge, and those that say nearly the same: runs (services.running)."""

from collections import defaultdict
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from common.outbox import enqueue_each_at, messages_of, outbox_task
from consultations.analysis.models import AnalysisRun, NearPair, TopicModel
from consultations.analysis.selectors.topics import counted
from consultations.analysis.services.topics import add_places, keep_model
from consultations.analysis.services.work import QUEUE, Kind, Progress
from consultations.framing.models import Consultation
from consultations.participation.models import Proposal

TOGETHER = timedelta(minutes=1)


def _texts(consultation: Consultation) -> dict[str, list[list[Any]]]:
    """Of each challenge: key, title, body, and a number for whoever wrote it, the same for all of theirs."""
    fields = ("challenge_id", "pk", "title", "solution", "problem", "benefit", "author_id", "imported_author")
    rows = counted().filter(challenge__consultation=consultation).order_by("pk").values_list(*fields)
    found: dict[str, list[list[Any]]] = defaultdict(list)
    whose: dict[Any, int] = {}
    for challenge, pk, title, *body, author, name in rows:
        # Who has neither an account nor a name is nobody else.
        writer = whose.setdefault(author or name or (pk,), len(whose))
        found[str(challenge)].append([pk, title, "\n".join(filter(None, body)), writer])
    return dict(found)


def _gather(consultation: Consultation) -> dict[str, Any]:
    return {"texts": _texts(consultation)}


# ── Themes ────────────────────────────────────────────────────────────────────


def _find_themes(inputs: dict[str, Any], progress: Progress) -> dict[str, Any]:
    from consultations.analysis.methods.themes import Document, find_themes

    found = {}
    for number, (challenge, rows) in enumerate(inputs["texts"].items()):
        pause = partial(progress, 100 * number // len(inputs["texts"]))
        themes = find_themes([Document(*row) for row in rows], pause=pause)
        places = {str(pk): [place.theme, place.nearness] for pk, place in themes.places.items()}
        found[challenge] = {"learnt": themes.model.as_json(), "places": places}
    return found


def _keep_themes(run: AnalysisRun) -> None:
    """By challenge; one that went meanwhile is left. The lock is of one challenge at a time, in their order."""
    if run.consultation.is_archived:  # since it was asked for: the archives keep what they have
        return
    for challenge in run.consultation.challenges.order_by("pk"):
        if found := (run.result or {}).get(str(challenge.pk)):
            keep_model(
                challenge=challenge, learnt=found["learnt"], places=found["places"], at=run.ended_at or run.asked_at
            )


THEMES = Kind(version=1, gather=_gather, compute=_find_themes, keep=_keep_themes)

# ── Texts that come later ─────────────────────────────────────────────────────


def theme_soon(proposal: Proposal, *, at: datetime) -> None:
    """Have a worker give it a theme, with the others of the next minute; where none were found yet, a run will.

    Of each challenge one message may be at work and one may wait: that one will see whatever came before it begins.
    """
    wanted = TopicModel.objects.filter(challenge=proposal.challenge_id, taken_at__isnull=False)
    if wanted.exists() and messages_of(place_new).filter(payload__challenge_id=proposal.challenge_id).count() < 2:
        enqueue_each_at(place_new, [(at + TOGETHER, {"challenge_id": proposal.challenge_id})])


@outbox_task(queue=QUEUE)
def place_new(challenge_id: int, **kwargs: Any) -> None:
    """By what the model in force knows: nothing else moves."""
    from consultations.analysis.methods.themes import Document, Model, fold_in

    known = TopicModel.objects.select_related("challenge__consultation")
    model = known.filter(challenge=challenge_id, taken_at__isnull=False).first()
    if model is None or model.challenge.consultation.is_archived:
        return
    rows = _texts(model.challenge.consultation).get(str(challenge_id), [])
    new = [Document(*row) for row in rows if str(row[0]) not in model.places]
    places = fold_in(Model.from_json(model.learnt), new)
    found = {str(pk): [place.theme, place.nearness] for pk, place in places.items()}
    if found:
        add_places(challenge=model.challenge, model=model.pk, places=found)


# ── Nearly the same ───────────────────────────────────────────────────────────


def _find_pairs(inputs: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """In the whole consultation: two challenges may have the same proposal."""
    from consultations.analysis.methods.duplicates import WORTH_SAYING, Text, near_duplicates

    texts = [Text(str(pk), title, body) for rows in inputs["texts"].values() for pk, title, body, _whose in rows]
    pairs = near_duplicates(texts, least=WORTH_SAYING, pause=partial(progress, 50))
    return {"pairs": [[int(pair.a), int(pair.b), pair.score] for pair in pairs[:_MOST_PAIRS]]}


# Nobody reads more.
_MOST_PAIRS = 1000


def _keep_pairs(run: AnalysisRun) -> None:
    there = set(counted().filter(challenge__consultation=run.consultation).values_list("pk", flat=True))
    NearPair.objects.filter(consultation=run.consultation).delete()
    NearPair.objects.bulk_create(
        NearPair(consultation=run.consultation, one_id=one, other_id=other, score=score)
        for one, other, score in (run.result or {}).get("pairs", ())
        if {one, other} <= there
    )


DUPLICATES = Kind(version=1, gather=_gather, compute=_find_pairs, keep=_keep_pairs)
