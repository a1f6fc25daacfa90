"""Elections to count: written in a line, or drawn."""

import random
from collections.abc import Mapping
from pathlib import Path

from consultations.voting.counting.election import Election, Project, gather

PABULIB = Path(__file__).resolve().parents[3] / "shared" / "data" / "pabulib"


def election(budget: int, costs: Mapping[str, int], *ballots: str, seats: int | None = None) -> Election:
    """In whole units; a ballot names its projects as one does in a file: "a,b"."""
    return gather(
        [Project(id=project, cost=cost * 100) for project, cost in costs.items()],
        [[project for project in ballot.split(",") if project] for ballot in ballots],
        budget=budget * 100,
        seats=seats,
    )


def drawn(draw: random.Random, *, voters: int, projects: int, most: int, budget: int, dearest: int) -> Election:
    """Some projects are liked by many, some voters choose few: never the same choice for all."""
    liked = [draw.paretovariate(1.2) for _project in range(projects)]
    ids = [f"p{number}" for number in range(projects)]
    return gather(
        [Project(id=project, cost=draw.randint(1, dearest) * 100) for project in ids],
        [set(draw.choices(ids, liked, k=draw.randint(0, most))) for _voter in range(voters)],
        budget=budget * 100,
    )
