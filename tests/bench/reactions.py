"""A reaction, an argument, a reply and a mark, as services and as requests, against a bare insert of one row."""

import time
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from statistics import median
from typing import Any

from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.models import User
from consultations.framing.models import Consultation
from consultations.framing.services.opening import open_consultation
from consultations.participation.models import Argument, Proposal
from consultations.participation.services import arguments, replies
from consultations.participation.services.arguments import mark_useful
from consultations.participation.services.reactions import react
from tenants.models import Municipality
from tests.framing.factories import make_ready

TIMES, GOAL_MS = 150, 30
IN_PLACE = {"HX-Request": "true"}


def run() -> None:
    city, proposal, people = _prepared()
    at = timezone.now()
    with schema_context(city.schema_name):
        bare = _measured([lambda n=n: _insert(proposal, n, at) for n in range(TIMES)])
        _say("a bare insert of one row", bare, bare)
        given: list[Argument] = []
        for name, actions in _services(proposal, people, given, at).items():
            _say(f"{name}, the service", _measured(actions), bare)
    for name, posts in _requests(city, proposal, people, given[0]).items():
        _say(f"{name}, the request", _measured(posts), bare)


def _services(
    proposal: Proposal, people: list[User], given: list[Argument], at: Any
) -> dict[str, list[Callable[[], Any]]]:
    def argue(user: User) -> None:
        text = f"Un banc à l’ombre change la journée de {user.pk} personnes."
        given.append(arguments.argue(proposal=proposal, author=user, stance="FOR", text=text, at=at))

    def reply(user: User) -> None:
        replies.reply(argument=given[0], author=user, text=f"C’est juste, et nous sommes {user.pk}.", at=at)

    return {
        "a reaction": [lambda u=user: react(proposal=proposal, user=u, value="LIKE", at=at) for user in people],
        "an argument": [lambda u=user: argue(u) for user in people],
        "a reply": [lambda u=user: reply(u) for user in people],
        "a mark": [lambda u=user: mark_useful(argument=given[0], user=u, useful=True, at=at) for user in people[1:]],
    }


def _requests(
    city: Municipality, proposal: Proposal, people: list[User], argument: Argument
) -> dict[str, list[Callable[[], Any]]]:
    """Through every middleware, as htmx asks: the answer is the part of the page that changes."""
    client, here = Client(HTTP_HOST=city.host), proposal.get_absolute_url()
    with schema_context(city.schema_name):
        client.force_login(people[-1])
        page = argument.get_absolute_url()

    def post(path: str, **data: str) -> None:
        assert client.post(path, data, headers=IN_PLACE).status_code == 200

    text = "Trente-quatre degrés sous les toits, et c’est la nuit numéro"
    return {
        "a reaction": [lambda n=n: post(here + "reagir/", reaction=("LIKE", "MIXED")[n % 2]) for n in range(TIMES)],
        "an argument": [
            lambda n=n: post(here + "argumenter/", text=f"{text} {n}.", stance="FOR") for n in range(TIMES)
        ],
        "a reply": [lambda n=n: post(page + "repondre/", text=f"{text} {n}.") for n in range(TIMES)],
        "a mark": [lambda n=n: post(page + "utile/", useful=("off", "on")[n % 2]) for n in range(TIMES)],
    }


def _insert(proposal: Proposal, number: int, at: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO participation_proposalversion"
            " (proposal_id, number, title, solution, problem, benefit, note, created_at)"
            " VALUES (%s, %s, 'x', 'x', 'x', 'x', '', %s)",
            [proposal.pk, number, at],
        )


def _measured(actions: list[Callable[[], Any]]) -> tuple[float, float]:
    """Each done once: the median and the quickest tenth, in milliseconds. The first ten warm up."""
    taken = []
    for number, action in enumerate(actions):
        if number % 10 == 0:  # nobody writes that fast: they would be stopped
            with schema_context("public"), connection.cursor() as cursor:
                cursor.execute("DELETE FROM limit_counts")
        started = time.perf_counter()
        action()
        taken.append(1000 * (time.perf_counter() - started))
    taken = sorted(taken[10:])
    return median(taken), taken[len(taken) // 10]


def _say(name: str, taken: tuple[float, float], bare: tuple[float, float]) -> None:
    ratio = taken[0] / bare[0]
    print(
        f"  {name:<26} {taken[0]:6.2f} ms, {ratio:4.1f} bare inserts (goal {GOAL_MS} ms); quickest tenth {taken[1]:.2f}"
    )


def _prepared() -> tuple[Municipality, Proposal, list[User]]:
    call_command("collectstatic", interactive=False, verbosity=0)
    call_command("prepare", stderr=StringIO())
    call_command(
        "provision",
        authority="01005",
        name="Réactions",
        slug="reactions",
        admin="a@example.org",
        stdout=StringIO(),
        stderr=StringIO(),
    )
    city, now = Municipality.objects.get(slug="reactions"), timezone.now()
    with schema_context(city.schema_name):
        consultation = Consultation.objects.get()
        make_ready(consultation, opens_at=now - timedelta(days=5), closes_at=now + timedelta(days=20), at=now)
        open_consultation(consultation=consultation, municipality=city, actor=None, at=now)
        people = User.objects.bulk_create(
            User(email=f"p{number}@example.org", public_name=f"Mésange {number}") for number in range(TIMES + 1)
        )
        proposal = Proposal.objects.create(
            challenge=consultation.challenges.order_by("position", "pk")[0],
            author=people[0],
            title="Des bancs",
            solution="x",
        )
    city.refresh_from_db()
    return city, proposal, people[1:]
