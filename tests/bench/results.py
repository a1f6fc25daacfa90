"""The results of a consultation, against a page of its proposals; and the council's file, against an empty document.

5,000 proposals, all answered, 35,000 arguments and 10,000 replies; the file of 2,000 proposals and of 100.
"""

from io import BytesIO, StringIO

from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from django_tenants.utils import schema_context

from common import typeset
from common.sheets import write_book
from consultations.framing.models import Consultation
from consultations.framing.selectors import every_consultation
from consultations.outcomes.enums import AnswerState, Decision
from consultations.outcomes.models import Answer, AnswerVersion
from consultations.outcomes.selectors.council import council_pdf, council_sheets
from consultations.outcomes.selectors.results import results_of
from consultations.participation.models import Proposal
from consultations.participation.selectors.lists import ProposalFilters, proposals_list
from tenants.models import Municipality
from tests.bench.contributions import _fill
from tests.bench.moderation import _middle_and_worst, _time

ROUNDS = 5
MANY, FEW = 2_000, 100


def run() -> None:
    call_command("collectstatic", interactive=False, verbosity=0)
    call_command("prepare", stderr=StringIO())
    quiet = {"stdout": StringIO(), "stderr": StringIO()}
    call_command("provision", authority="01006", name="Banc", slug="banc-bilan", admin="a@example.org", **quiet)
    with schema_context(Municipality.objects.get(slug="banc-bilan").schema_name):
        _fill()
        _answer()
        consultation = every_consultation().get(is_current=True)
        _page(consultation)
        _file(consultation)


def _page(consultation: Consultation) -> None:
    at = timezone.now()

    def proposals() -> None:
        assert list(proposals_list(consultation=consultation, filters=ProposalFilters(), page=1).object_list)

    base = _middle_and_worst(tuple(_time(proposals) for _number in range(ROUNDS)))
    ours = _middle_and_worst(tuple(_time(lambda: results_of(consultation, at=at)) for _number in range(ROUNDS)))
    print(f"  baseline: a page of proposals   median {base[0]:6.1f} ms   p95 {base[1]:6.1f} ms")
    ratio = f"{ours[0] / base[0]:.1f}×"
    print(f"  all results                     median {ours[0]:6.1f} ms   p95 {ours[1]:6.1f} ms   {ratio}")


def _file(consultation: Consultation) -> None:
    at, empty = timezone.now(), b'#set document(title: "Vide")'
    base = _middle_and_worst(tuple(_time(lambda: typeset.pdf(empty, {})) for _number in range(ROUNDS)))
    print(f"  baseline: an empty document     median {base[0]:6.1f} ms   p95 {base[1]:6.1f} ms")

    def sheet() -> None:
        write_book(BytesIO(), council_sheets(consultation))

    for count in (MANY, FEW):
        Proposal.objects.filter(pk__in=Proposal.objects.order_by("pk").values("pk")[count:]).update(status="HIDDEN")
        pdf = _middle_and_worst(tuple(_time(lambda: council_pdf(consultation, at=at)) for _number in range(2)))
        xlsx = _middle_and_worst(tuple(_time(sheet) for _number in range(2)))
        goal = " (goal: 5,000 ms)" if count == FEW else ""
        print(f"  the file of {count:5} proposals     PDF {pdf[0]:7.1f} ms   spreadsheet {xlsx[0]:7.1f} ms{goal}")


def _answer() -> None:
    at = timezone.now()
    reasons = "Nous posons deux fontaines avant l’été. Le réseau d’eau y passe déjà, et les bancs sont à l’ombre. " * 6
    text = {"decision": Decision.ADAPTED, "reasons": reasons}
    answers = Answer.objects.bulk_create(
        [
            Answer(proposal_id=pk, state=AnswerState.PUBLISHED, answered_at=at, **text)
            for pk in Proposal.objects.order_by("pk").values_list("pk", flat=True)
        ],
        batch_size=1000,
    )
    signed = {"signed_name": "Hélène Vasseur", "signed_function": "adjointe à la transition", "signed_at": at}
    versions = AnswerVersion.objects.bulk_create(
        [
            AnswerVersion(answer=answer, number=1, proposal_version=1, proposal_title="Idée", **text, **signed)
            for answer in answers
        ],
        batch_size=1000,
    )
    for answer, version in zip(answers, versions, strict=True):
        answer.current = version
    Answer.objects.bulk_update(answers, ["current"], batch_size=1000)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
