"""Those who only reacted, from reactions.toml, and what is found in all reactions: made of them as of any city's."""

import random
import tomllib
from datetime import datetime, timedelta
from pathlib import Path

from accounts.enums import AgeBand
from accounts.models import User
from consultations.analysis.enums import RunKind
from consultations.analysis.services.publishing import publish_run
from consultations.analysis.services.running import ask_for_run, make_run
from consultations.framing.models import Consultation
from consultations.participation.enums import ReactionValue
from consultations.participation.models import Proposal, Reaction

# Of a hundred who do not like something, as many have mixed feelings; of a hundred people, as many say no age.
_MIXED, _SILENT = 40, 45
_DEFAULT = [0.78, 0.72]


def write_reactions(consultation: Consultation, *, at: datetime) -> None:
    """The same people react to the same proposals at every load."""
    content = tomllib.loads((Path(__file__).parent / "reactions.toml").read_text())
    chance = random.Random("reactions")  # noqa: S311
    # Few have seen what came yesterday.
    seen = Proposal.objects.published().filter(submitted_at__lt=at - timedelta(days=2))
    open_ones = seen.filter(challenge__consultation=consultation, merged_into=None)
    proposals = list(open_ones.order_by("title"))
    rows = []
    for leaning, count in enumerate(content["people"]):
        for number in range(count):
            person = _person(f"{leaning}-{number}", chance, at=at)
            for proposal in chance.sample(
                proposals, min(len(proposals), chance.randint(content["fewest"], content["most"]))
            ):
                likes = content["likes"].get(proposal.title, _DEFAULT)[leaning]
                days = chance.uniform(0.2, (at - proposal.submitted_at).total_seconds() / 86400)
                moment = at - timedelta(days=days)
                rows.append(
                    Reaction(
                        proposal=proposal,
                        user=person,
                        value=_value(likes, chance),
                        version=proposal.version,
                        created_at=moment,
                        updated_at=moment,
                    )
                )
    Reaction.objects.bulk_create(rows)


def _value(likes: float, chance: random.Random) -> ReactionValue:
    if chance.random() < likes:
        return ReactionValue.LIKE
    return ReactionValue.MIXED if chance.randrange(100) < _MIXED else ReactionValue.DISLIKE


def _person(key: str, chance: random.Random, *, at: datetime) -> User:
    """Without a public name: nobody reads who only reacts."""
    address = f"reagit-{key}@demo.example"
    says = chance.randrange(100) >= _SILENT
    user = User(
        email=address,
        mailbox=address,
        age_band=chance.choice(AgeBand.values) if says else "",
        created_at=at - timedelta(days=36),
        last_login=at - timedelta(days=1),
    )
    user.set_unusable_password()
    user.save()
    return user


def publish_what_brings_together(consultation: Consultation, *, at: datetime) -> None:
    run = ask_for_run(consultation=consultation, kind=RunKind.GROUPS, actor=None, at=at)
    make_run(run_id=run.pk)
    publish_run(run_id=run.pk, consultation=consultation, actor=None, at=at)
