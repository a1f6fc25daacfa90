"""Reading runs."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext

from onboarding.enums import RunState, Step
from onboarding.models import Authority, Claim, ProvisioningRun, SignUp, StepRecord
from tenants.models import Municipality, VerificationRequest
from tenants.verification.likeness import Likeness, domain_of, looks_like_authority


def steps_of(run: ProvisioningRun) -> list[dict[str, Any]]:
    """The six steps as the page ticks them: label, state (done, now, next, stopped), seconds."""
    done = {record.step: record.seconds for record in _records(run)}
    steps = []
    for step in Step:
        state = "done" if step in done else "now" if step == run.step else "next"
        if state == "now" and run.state in (RunState.REFUSED, RunState.FAILED, RunState.CANCELLED):
            state = "stopped"
        steps.append({"code": step.value, "label": step.label, "state": state, "seconds": done.get(step)})
    return steps


def seconds_of(run: ProvisioningRun) -> float:
    """What its steps have taken so far, waiting between them left out."""
    return float(sum(record.seconds for record in _records(run)))


def _records(run: ProvisioningRun) -> list[StepRecord]:
    """The recorded steps; no query before the first one is done."""
    return [] if run.step == Step.RESERVE else list(run.steps.all())


def runs(*, state: str = "", search: str = "") -> QuerySet[ProvisioningRun]:
    """Runs, newest first, for the operators; `search` looks in names, addresses, codes and who asked."""
    found = ProvisioningRun.objects.order_by("-created_at", "pk")
    if state:
        found = found.filter(state=state)
    if search:
        found = found.filter(
            Q(authority_name__icontains=search)
            | Q(slug__icontains=search)
            | Q(authority_code__startswith=search)
            | Q(admin_email__icontains=search)
        )
    return found.select_related("municipality").prefetch_related("steps")


def runs_by_state() -> dict[str, int]:
    """How many there are in each state. One query."""
    counted = ProvisioningRun.objects.order_by("state").values_list("state").annotate(count=Count("pk"))
    return dict(counted)


def run_of(sign_up: SignUp) -> ProvisioningRun | None:
    return ProvisioningRun.objects.filter(sign_up=sign_up).first()


def name_in_mails(*, kind: str, code: str, name: str) -> str:
    """What a mail may call an authority: its name as the directory has it. Another was typed by whoever signs up, and
    our mails go to addresses that nobody has confirmed."""
    listed = Authority.objects.filter(kind=kind, code=code, name=name).exists()
    return name if listed else gettext("your authority")


def authority_by_key(key: str) -> Authority | None:
    """The authority of a key such as COMMUNE-45302, as addresses carry it; None for anything else."""
    kind, _dash, code = key.partition("-")
    if not (kind.isascii() and code.isalnum() and len(key) < 40):
        return None
    return Authority.objects.filter(kind=kind, code=code).first()


# ── Who waits to be verified ─────────────────────────────────────────────────


@dataclass(frozen=True)
class Known:
    """All that is known of somebody who claims to speak for an authority."""

    request: VerificationRequest
    city: Municipality
    contact: SignUp | None
    email: str  # that was confirmed; once it is decided, as the sign-up still has it
    domain: str
    likeness: Likeness
    vouched_likeness: Likeness | None
    authority: Authority | None
    homonyms: int  # other authorities of the kind and the name: a domain may be theirs
    refused_before: int
    claims: list[tuple[Claim, Likeness]]  # of others, who say that it is they who do


def known_of(requests: list[VerificationRequest]) -> list[Known]:
    """What operators see of each request. Five queries, however many there are."""
    cities = [request.municipality for request in requests]
    runs = ProvisioningRun.objects.filter(municipality__in=cities).select_related("sign_up").order_by("pk")
    contacts = {run.municipality_id: run.sign_up for run in runs}
    listed = {(each.kind, each.code): each for each in _listed(cities)}
    namesakes = _namesakes(listed.values())
    refused = dict(
        VerificationRequest.objects.filter(municipality__in=cities, accepted=False)
        .order_by("municipality")
        .values_list("municipality")
        .annotate(count=Count("pk"))
    )
    claims: dict[int, list[Claim]] = {}
    for claim in Claim.objects.filter(municipality__in=cities).order_by("sent_at", "pk"):
        claims.setdefault(claim.municipality_id, []).append(claim)
    found = []
    for request, city in zip(requests, cities, strict=True):
        authority = listed.get((city.kind, city.authority_code))
        contact = contacts.get(city.pk)
        email = request.asker_email or (contact.email if contact else "")
        words = {"name": city.name, "kind": city.kind, "department_code": city.department_code}
        found.append(
            Known(
                request=request,
                city=city,
                contact=contact,
                email=email,
                domain=domain_of(email),
                likeness=looks_like_authority(email, **words),
                vouched_likeness=looks_like_authority(f"x@{request.vouched_domain}", **words)
                if request.vouched_domain
                else None,
                authority=authority,
                homonyms=namesakes.get((authority.kind, authority.search_name), 1) - 1 if authority else 0,
                refused_before=refused.get(city.pk, 0),
                claims=[(each, looks_like_authority(each.email, **words)) for each in claims.get(city.pk, [])],
            )
        )
    return found


def _listed(cities: list[Municipality]) -> QuerySet[Authority]:
    codes = {city.authority_code for city in cities if city.authority_code}
    return Authority.objects.filter(code__in=codes).order_by("pk")


def _namesakes(authorities: Iterable[Authority]) -> dict[tuple[str, str], int]:
    names = {each.search_name for each in authorities}
    counted = (
        Authority.objects.filter(search_name__in=names)
        .order_by("kind", "search_name")
        .values_list("kind", "search_name")
        .annotate(count=Count("pk"))
    )
    return {(kind, name): count for kind, name, count in counted}
