"""A campaign to 20,000 people by its own worker, against a bare SMTP loop; its memory; what codes wait meanwhile.

The loop sends one message, made once, to the same addresses over one connection: it keeps nothing of what it does.
"""

import os
import smtplib
import statistics
import sys
import time
from io import StringIO
from pathlib import Path

from django.core.management import call_command
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.models import User
from accounts.tasks import send_mail
from common.outbox import enqueue, messages_of
from consultations.animation.enums import CampaignState
from consultations.animation.models import Campaign, Recipient
from consultations.animation.selectors import mark_seen, people_of, totals
from consultations.animation.services.composing import composed, message_for
from consultations.animation.services.planning import decide
from consultations.animation.services.waking import QUEUE
from notifications.models import MailAgreement
from tenants.models import Municipality
from tests.bench.load import listens
from tests.processes import eventually, free_port, process, worker

PEOPLE = int(os.environ.get("CAMPAIGN_PEOPLE", "20000"))
GOAL, CODES_GOAL = 0.7, 2.0
BODY = "{bonjour}\n\n" + "Venez samedi à dix heures, salle des fêtes, lire les propositions. " * 12 + "\n\n{lien}"


def run() -> None:
    city, port = _prepared(), free_port()
    env = {
        "DJANGO_SETTINGS_MODULE": "config.settings.base",
        "EMAIL_URL": f"smtp://127.0.0.1:{port}",
        "CAMPAIGN_CITY_A_MINUTE": "0",
        "CAMPAIGN_FLEET_A_MINUTE": "0",
    }
    with process(sys.executable, "-m", "tests.bench.smtp_sink", str(port)):
        assert eventually(lambda: listens(port))
        with schema_context(city.schema_name):
            campaign = _campaign()
            before = _bare_loop(campaign, city, port)
            with worker(**env), worker(queue=QUEUE, threads=2, **env) as postman:
                seconds, memory, waited = _sent(campaign, postman.pid)
            after = _bare_loop(campaign, city, port)
            found = totals(Campaign.objects.get(pk=campaign.pk))
    bare = (before + after) / 2
    rate = PEOPLE / seconds
    print(f"  {'baseline: a bare SMTP loop':<30} {bare:6.0f} a second")
    print(
        f"  {'a campaign':<30} {rate:6.0f} a second, {rate / bare:.2f} of it (goal {GOAL}), {found.sent} of {PEOPLE} sent"
    )
    print(f"  {'memory of its worker':<30} {memory[0]:6.0f} MB at a tenth, {memory[-1]:.0f} MB at the end")
    print(
        f"  {'codes meanwhile':<30} {statistics.median(waited):6.2f} s, {max(waited):.2f} s at most "
        f"of {len(waited)} (goal {CODES_GOAL:.0f} s)"
    )


def _prepared() -> Municipality:
    call_command("collectstatic", interactive=False, verbosity=0)
    call_command("prepare", stderr=StringIO())
    quiet = {"stdout": StringIO(), "stderr": StringIO()}
    call_command("provision", authority="01007", name="Campagnes", slug="campagnes", admin="a@example.org", **quiet)
    return Municipality.objects.get(slug="campagnes")


def _campaign() -> Campaign:
    now = timezone.now()
    people = User.objects.bulk_create(
        (User(email=f"p{each}@example.org", public_name=f"Mésange {each}", last_login=now) for each in range(PEOPLE)),
        batch_size=2000,
    )
    agreements = (MailAgreement(user=user, agreed_at=now, words="Oui") for user in people)
    MailAgreement.objects.bulk_create(agreements, batch_size=2000)
    return Campaign.objects.create(subject="Rencontre publique", body=BODY, segment="everybody")


def _bare_loop(campaign: Campaign, city: Municipality, port: int) -> float:
    """Messages a second."""
    made = composed(campaign, city=city)
    one = message_for(
        made, recipient_hex="0" * 32, user_id=1, email="p@example.org", public_name="Mésange", generation=1
    )
    raw, sender, times = one.message().as_bytes(linesep="\r\n"), "contact@example.org", max(1, PEOPLE // 4)
    with smtplib.SMTP("127.0.0.1", port) as link:
        started = time.perf_counter()
        for each in range(times):
            link.sendmail(sender, [f"p{each}@example.org"], raw)
        return times / (time.perf_counter() - started)


def _sent(campaign: Campaign, pid: int) -> tuple[float, list[float], list[float]]:
    """The seconds that it took, what its worker needed, what codes waited."""
    people = list(people_of(campaign).values_list("pk", flat=True))
    decide(
        campaign=campaign,
        seen=mark_seen(campaign, people),
        revision=campaign.revision,
        by=None,
        at=timezone.now(),  # type: ignore[arg-type]
    )
    sent = Recipient.objects.filter(campaign=campaign, state="SENT")
    assert eventually(lambda: sent.exists(), within=120), "nothing was sent"
    started, begun = time.perf_counter(), sent.count()
    memory: list[float] = []
    waited: list[float] = []
    while Campaign.objects.values_list("state", flat=True).get(pk=campaign.pk) != CampaignState.SENT:
        time.sleep(1)
        if sent.count() >= PEOPLE // 10:
            memory.append(_resident(pid))
        waited.append(_code())
    seconds = time.perf_counter() - started
    return seconds * PEOPLE / max(1, PEOPLE - begun), memory or [_resident(pid)], waited


def _code() -> float:
    started = time.perf_counter()
    enqueue(send_mail, is_awaited=True, to="code@example.org", subject="123456", body="x", sender="a@example.org")
    assert eventually(lambda: not messages_of(send_mail).exists(), within=60)
    return time.perf_counter() - started


def _resident(pid: int) -> float:
    (line,) = (each for each in Path(f"/proc/{pid}/status").read_text().splitlines() if each.startswith("VmRSS:"))
    return int(line.split()[1]) / 1024
