"""Answers: the desk's table and the public clock over 2,000 proposals, against a page of the same proposals; signing a
hundred in one press, against one; the roots of a project with 30 proposals and 600 arguments.
"""

import statistics
import time
from collections.abc import Callable
from datetime import timedelta
from io import StringIO

from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.enums import Role
from accounts.models import User
from common.models import OutboxMessage
from consultations.framing.models import Challenge, Consultation
from consultations.framing.selectors import every_consultation
from consultations.outcomes.enums import AnswerState, Decision, ProjectState
from consultations.outcomes.models import Answer, AnswerVersion, Project, ProjectSource
from consultations.outcomes.selectors.desk import desk_of
from consultations.outcomes.selectors.lineage import lineage_of
from consultations.outcomes.services.signing import sign_answers
from consultations.participation.enums import Verdict
from consultations.participation.models import Argument, Proposal
from consultations.participation.selectors.lists import ProposalFilters, proposals_list
from tenants.models import Municipality

PROPOSALS, TOGETHER, ROUNDS = 2_000, 100, 15
ROOTS, UNDER_THEM = 30, 600


def run() -> None:
    call_command("collectstatic", interactive=False, verbosity=0)
    call_command("prepare", stderr=StringIO())
    quiet = {"stdout": StringIO(), "stderr": StringIO()}
    call_command("provision", authority="01006", name="Banc", slug="banc-reponses", admin="a@example.org", **quiet)
    city = Municipality.objects.get(slug="banc-reponses")
    with schema_context(city.schema_name):
        signer = _fill()
        consultation = every_consultation().get()
        tables = [(_time(lambda: _page(consultation)), _time(lambda: _desk(consultation))) for _round in range(ROUNDS)]
        presses = [(_signing(consultation, signer, 1), _signing(consultation, signer, TOGETHER)) for _round in range(8)]
        project = _project(consultation)
        lineage_of(project)
        with CaptureQueriesContext(connection) as asked:
            spent = _time(lambda: lineage_of(project))
    listed, desk = (_middle_and_worst(times) for times in zip(*tables, strict=True))
    print(f"  {PROPOSALS} proposals, half of them answered")
    print(f"  baseline: a page of its proposals   median {listed[0]:6.1f} ms   p95 {listed[1]:6.1f} ms")
    print(
        f"  the desk's table of answers         median {desk[0]:6.1f} ms   p95 {desk[1]:6.1f} ms"
        f"   {desk[0] / listed[0]:.1f}× (goal: under 100 ms)"
    )
    one, many = (_middle_and_worst(times) for times in zip(*presses, strict=True))
    print(f"  baseline: one signed and published  median {one[0]:6.1f} ms")
    print(
        f"  {TOGETHER} in one press                   median {many[0]:6.1f} ms   p95 {many[1]:6.1f} ms"
        f"   {many[0] / one[0]:.1f}× (goal: under 3 s)"
    )
    print(
        f"  the roots of a project: {ROOTS} proposals, {UNDER_THEM} arguments   {spent:6.1f} ms, {len(asked)} queries"
        " (goal: 10 at most)"
    )


def _page(consultation: Consultation) -> None:
    assert list(proposals_list(consultation=consultation, filters=ProposalFilters(), page=1).object_list)


def _desk(consultation: Consultation) -> None:
    assert desk_of(consultation, at=timezone.now()).rows


def _signing(consultation: Consultation, signer: User, count: int) -> float:
    """From the press to the end of its transaction, in milliseconds."""
    challenge, at = Challenge.objects.order_by("pk")[0], timezone.now()
    proposals = Proposal.objects.bulk_create(
        Proposal(challenge=challenge, title=f"À signer {number}", solution="Des mots.") for number in range(count)
    )
    answers = Answer.objects.bulk_create(
        Answer(
            proposal=each,
            state=AnswerState.TO_SIGN,
            signer=signer,
            given_at=at,
            decision=Decision.ADOPTED,
            reasons="Nous le faisons avant l’été, avec le budget des espaces verts.",
            proposal_version=1,
        )
        for each in proposals
    )
    read = {each.pk: each.revision for each in answers}
    before = OutboxMessage.objects.count()
    spent = _time(lambda: sign_answers(consultation=consultation, read=read, actor=signer, at=at))
    assert AnswerVersion.objects.filter(answer__in=answers).count() == count
    assert OutboxMessage.objects.count() - before == count, "each is told once"
    return spent


def _project(consultation: Consultation) -> Project:
    at = timezone.now()
    project = Project.objects.create(
        consultation=consultation,
        slug="banc",
        title="Banc",
        summary="Un banc.",
        state=ProjectState.UNDERWAY,
        published_at=at,
    )
    roots = list(Proposal.objects.filter(answer__current__isnull=False).order_by("pk")[:ROOTS])
    ProjectSource.objects.bulk_create(ProjectSource(project=project, proposal=each) for each in roots)
    people = User.objects.bulk_create(
        User(email=f"a{number}@example.org", public_name=f"A {number}") for number in range(UNDER_THEM)
    )
    Argument.objects.bulk_create(
        Argument(
            proposal=roots[number % ROOTS],
            author=people[number],
            stance="FOR",
            text=f"Parce que, {number}",
            verdict=Verdict.TAKEN if number % 3 else "",
        )
        for number in range(UNDER_THEM)
    )
    Proposal.objects.filter(pk__in=[each.pk for each in roots]).update(for_count=UNDER_THEM // ROOTS)
    return project


def _fill() -> User:
    at = timezone.now()
    opened = at - timedelta(days=90)
    Consultation.objects.update(opened_at=opened)
    Challenge.objects.update(validated_at=opened, published_at=opened)
    signer = User.objects.create(
        email="m@example.org", role=Role.DECISION_MAKER, public_name="Hélène Vasseur", function="Adjointe"
    )
    challenge = Challenge.objects.order_by("pk")[0]
    proposals = Proposal.objects.bulk_create(
        [
            Proposal(challenge=challenge, title=f"Idée {number}", solution="Des mots. " * 60)
            for number in range(PROPOSALS)
        ],
        batch_size=500,
    )
    answers = Answer.objects.bulk_create(
        Answer(
            proposal=each,
            state=AnswerState.PUBLISHED,
            signer=signer,
            decision=Decision.ADOPTED,
            reasons="Oui.",
            answered_at=at,
        )
        for each in proposals[::2]
    )
    versions = AnswerVersion.objects.bulk_create(
        AnswerVersion(
            answer=each,
            number=1,
            proposal_version=1,
            proposal_title=each.proposal.title,
            decision=Decision.ADOPTED,
            reasons="Oui.",
            signed_by=signer,
            signed_name="Hélène Vasseur",
            signed_function="Adjointe",
            signed_at=at,
        )
        for each in answers
    )
    for answer, version in zip(answers, versions, strict=True):
        answer.current = version
    Answer.objects.bulk_update(answers, ["current"], batch_size=500)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return signer


def _time(make: Callable[[], object]) -> float:
    started = time.perf_counter()
    make()
    return (time.perf_counter() - started) * 1000


def _middle_and_worst(times: tuple[float, ...]) -> tuple[float, float]:
    """Median and 95th percentile, in milliseconds."""
    return statistics.median(times), statistics.quantiles(times, n=20)[-1]
