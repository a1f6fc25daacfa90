"""The public site: what it is, signing up, watching one's platform come to life."""

from datetime import timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from csp.decorators import csp_update
from django.conf import settings
from django.db.models import prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from django_tenants.utils import schema_context

from accounts.links import with_token
from accounts.mailboxes import mailbox_of
from accounts.models import User
from accounts.services import issue_sign_in_link
from billing.services.plans import price_lists
from common.context import accessibility_audit
from common.limits import consume
from common.requests import Request
from consultations.library.models import ChallengeSet
from consultations.library.selectors import DEFAULT_SET, latest_set
from onboarding import own_pages, selectors
from onboarding.enums import RunState, Step
from onboarding.limits import SIGN_UP_MAILS
from onboarding.models import ProvisioningRun, SignUp
from onboarding.queue import place_in_queue
from onboarding.selectors import seconds_of, steps_of
from onboarding.services import sign_ups as services
from onboarding.web.previews import preview_of, preview_of_run
from onboarding.web.refusing import refused_to_start
from onboarding.web.signing_up import prove_mailbox, remember

# After that, the administrator signs in by e-mail like everyone.
ENTER_WITHIN = timedelta(minutes=30)


def landing(request: HttpRequest) -> HttpResponse:
    return render(
        request,
        "onboarding/web/landing.html",
        {
            "challenges": _default_challenges(),
            "demo_url": _demo_url(),
            "price_lists": price_lists(on=timezone.localdate()),
            "trial_days": settings.TRIAL_DAYS,
        },
    )


def check_your_mail(request: HttpRequest) -> HttpResponse:
    key, email = request.session.get("signed_up", ["", ""])
    return render(request, "onboarding/web/check_your_mail.html", {"email": email, "key": key})


@with_token
def confirm_by_link(request: HttpRequest, token: str) -> HttpResponse:
    """The link of the mail shows a button; the button starts the run. Pressed twice, it is the same run."""
    try:
        asked = services.sign_up_of(token)
    except services.ConfirmationTooOld as refusal:
        return _too_old(request, refusal.sign_up)
    except services.ConfirmationRefused as refusal:
        return render(request, "onboarding/web/confirmation_refused.html", {"too_old": None}, status=refusal.status)
    run = selectors.run_of(asked)
    begun = run is not None and run.state not in services.OPEN_AGAIN
    problem = ""
    if request.method == "POST":
        remember(request, asked)
        prove_mailbox(request, asked)
        if not begun and (services.serving(asked) or services.why_not_address(asked)):
            # Taken since: the last step says so, and leads to where it is mended.
            services.mark_confirmed(sign_up=asked, at=timezone.now())
            return redirect("signup_start", asked.pk)
        problem = "" if begun else refused_to_start(request, asked)
        if not problem:
            run = services.confirm(sign_up=asked, at=timezone.now())
            request.session[f"run-{run.pk}"] = True
            return redirect("signup_progress", run.pk)
        services.mark_confirmed(sign_up=asked, at=timezone.now())
    context = {
        "sign_up": asked,
        "begun": begun,
        "problem": problem,
        "preview": preview_of(asked),
        "trial_days": settings.TRIAL_DAYS,
    }
    return render(request, "onboarding/web/confirm.html", context, status=429 if problem else 200)


def _too_old(request: HttpRequest, asked: SignUp) -> HttpResponse:
    """An expired link of ours: its owner may have another, at the same address."""
    run = selectors.run_of(asked)
    if run is not None:
        return redirect("signup_progress", run.pk)
    if request.method == "POST":
        consume(SIGN_UP_MAILS, request=request, key=mailbox_of(asked.email))
        services.send_confirmation(sign_up=asked, at=timezone.now())
        request.session["signed_up"] = [str(asked.pk), asked.email]
        return redirect("signup_sent")
    return render(request, "onboarding/web/confirmation_refused.html", {"too_old": asked}, status=410)


@csp_update({"form-action": [f"{settings.PUBLIC_SCHEME}://*.{settings.PUBLIC_HOST}{settings.PUBLIC_PORT}"]})
@never_cache
def progress(request: Request, key: UUID) -> HttpResponse:
    """The steps, live: htmx asks again every 300 ms, a page without JavaScript reloads itself every 2 s.

    Three queries: the run, its steps or its place in the queue, the session.
    Its button leads to the new city's own host, which the page's policy must allow forms to reach.
    """
    run = _run(key)
    before = place_in_queue(run, at=timezone.now()) if run.step == Step.RESERVE and not run.is_over else 0
    context = {
        "run": run,
        "steps": steps_of(run),
        "seconds": seconds_of(run),
        "before": before,
        # Far back in the queue there is less to see, and others to serve.
        "again_in": min(300 + 300 * before, 5000),
        "mine": bool(request.session.get(f"run-{run.pk}")),
        "preview": _preview(run.pk),
        "enter_url": reverse("signup_enter", args=[run.pk]),
    }
    template = "onboarding/web/_progress.html" if request.htmx else "onboarding/web/progress.html"
    return render(request, template, context)


@require_POST
def enter(request: HttpRequest, key: UUID) -> HttpResponse:
    """Sign in to the new platform: only from the browser that confirmed, and soon after."""
    run = _run(key)
    city = run.municipality
    if run.state != RunState.DONE or city is None or run.ended_at is None or f"run-{run.pk}" not in request.session:
        raise Http404
    if timezone.now() - run.ended_at > ENTER_WITHIN:
        return redirect(city.url)
    with schema_context(city.schema_name):
        token = issue_sign_in_link(user=User.objects.get(email__iexact=run.admin_email))
    return redirect(city.url.rstrip("/") + reverse("sign_in_link", args=[token], urlconf=settings.ROOT_URLCONF))


def legal(request: HttpRequest) -> HttpResponse:
    return _own_page(request, own_pages.LEGAL)


def terms(request: HttpRequest) -> HttpResponse:
    return _own_page(request, own_pages.TERMS, privacy_url=reverse("service_privacy"))


def privacy(request: HttpRequest) -> HttpResponse:
    cookies = {"session_cookie": settings.SESSION_COOKIE_NAME, "csrf_cookie": settings.CSRF_COOKIE_NAME}
    return _own_page(request, own_pages.PRIVACY, **cookies)


def accessibility(request: HttpRequest) -> HttpResponse:
    return _own_page(request, own_pages.ACCESSIBILITY, audit=accessibility_audit())


def _own_page(request: HttpRequest, page: str, **more: object) -> HttpResponse:
    """Whole, or not at all."""
    if own_pages.lacking(page):
        return render(request, "onboarding/web/not_ready.html", status=503)
    return render(request, f"onboarding/web/{page}.html", {"of_ours": own_pages.printed(), **more})


def _run(key: UUID) -> ProvisioningRun:
    run = ProvisioningRun.objects.select_related("municipality").filter(pk=key).first()
    if run is None:
        raise Http404
    if run.step != Step.RESERVE:
        prefetch_related_objects([run], "steps")
    return run


@lru_cache(maxsize=500)
def _preview(run_key: UUID) -> dict[str, Any]:
    """Cached: asked for three times a second, and a run's answers don't change."""
    return preview_of_run(ProvisioningRun.objects.select_related("sign_up").get(pk=run_key))


def _default_challenges() -> list[object]:
    try:
        return list(latest_set(DEFAULT_SET).challenges.all())
    except ChallengeSet.DoesNotExist:
        return []


def _demo_url() -> str:
    return f"{settings.PUBLIC_SCHEME}://{settings.DEMO_SLUG}.{settings.PUBLIC_HOST}{settings.PUBLIC_PORT}/"
