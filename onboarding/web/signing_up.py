"""The five steps of the sign-up, with the future platform building itself at the side.

A sign-up lives at an address of its own, so that two tabs are two sign-ups and the back button goes
back; only the browsers that began or resumed it may open it.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.links import with_token
from accounts.mailboxes import mailbox_of
from billing.services.plans import price_shown
from common.pictures import count_pictures
from common.text import clean_text
from consultations.library.selectors import DEFAULT_SET, latest_sets
from onboarding import selectors
from onboarding.directory.search import find_authorities
from onboarding.enums import RunState
from onboarding.limits import SIGN_UP_MAILS, SIGN_UPS
from onboarding.models import Authority, SignUp
from onboarding.services import sign_ups as services
from onboarding.web.forms import AuthorityForm, ChallengesForm, PlatformForm, ResumeForm, YouForm, suggested_slug
from onboarding.web.previews import known_set, preview_of, title_of
from onboarding.web.refusing import refused, refused_to_start
from tenants.slugs import free_alternatives
from tenants.time_zones import day_there

View = Callable[..., HttpResponse]

STEPS = (
    ("signup_authority", gettext_lazy("Your authority")),
    ("signup_you", gettext_lazy("You")),
    ("signup_challenges", gettext_lazy("Your challenges")),
    ("signup_platform", gettext_lazy("Your platform")),
    ("signup_start", gettext_lazy("Departure")),
)
# The keys of the sign-ups that this browser began or resumed.
_MINE = "sign_ups"
_MAX_KEPT = 10


def step(number: int) -> Callable[[View], View]:
    """Decorate a page of a sign-up of this browser: 404 for anyone else; the first unanswered step where one jumped
    ahead.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, key: UUID) -> HttpResponse:
            sign_up = _mine(request, key)
            run = selectors.run_of(sign_up)
            if run is not None and run.state not in services.OPEN_AGAIN:
                return redirect("signup_progress", run.pk)
            if number > sign_up.done_steps + 1:
                return redirect(STEPS[sign_up.done_steps][0], sign_up.pk)
            return view(request, sign_up)

        return never_cache(guarded)

    return decorate


_WANTED_SET = "challenge-set"


# ── 1. The authority ─────────────────────────────────────────────────────────


@never_cache
def begin(request: HttpRequest) -> HttpResponse:
    """One search box. `?q=` looks up, `?collectivite=` shows one, `?serie=` remembers a challenge set for later."""
    page = _authority(request, None)
    if known_set(request.GET.get("serie", "")):
        # A cookie and no session: robots follow this address from every page of the library.
        page.set_cookie(
            _WANTED_SET,
            request.GET["serie"],
            max_age=24 * 3600,
            path=reverse("signup"),
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    return page


@step(1)
def authority(request: HttpRequest, sign_up: SignUp) -> HttpResponse:
    return _authority(request, sign_up)


def _authority(request: HttpRequest, sign_up: SignUp | None) -> HttpResponse:
    form = AuthorityForm()
    query = clean_text(request.GET.get("q", ""), one_line=True)[:120]
    chosen = selectors.authority_by_key(request.POST.get("collectivite", "") or request.GET.get("collectivite", ""))
    if request.method == "POST":
        form = AuthorityForm(request.POST)
        if form.is_robot:
            return redirect("signup_sent")
        if refusal := refused(SIGN_UPS, request):
            form.full_clean()
            form.add_error(None, refusal)
        elif chosen is not None:
            if _serving(chosen) is not None:
                return redirect("signup_colleague", chosen.key)
            asked = services.choose_authority(sign_up=sign_up, authority=chosen, at=timezone.now())
            return _to_you(request, asked)
        elif form.is_valid():
            asked = services.describe_authority(sign_up=sign_up, at=timezone.now(), **_described(form))
            if services.serving(asked) is not None:
                return redirect("signup_colleague", f"{asked.kind}-{asked.siren}")
            return _to_you(request, asked)
    elif chosen is None and not query and sign_up is not None:
        chosen = selectors.authority_by_key(f"{sign_up.kind}-{sign_up.authority_code}")
    found = [] if chosen else find_authorities(query)
    if len(found) == 1 and request.method == "GET":  # Enter was pressed: nobody picks the only line of a list
        chosen, found = found[0], []
    name = chosen.name if chosen else (sign_up.authority_name if sign_up else query)
    context = {
        "form": form,
        "query": query or (chosen.name if chosen else ""),
        "found": found,
        "chosen": chosen,
        "serving": _serving(chosen) if chosen else None,
        "price": price_shown(chosen, on=timezone.localdate()) if chosen else None,
        "trial_days": settings.TRIAL_DAYS,
        "choose_url": reverse("signup_authority", args=[sign_up.pk]) if sign_up else reverse("signup"),
        "typing": form.is_bound or bool(query and not found and not chosen),
        "preview": preview_of(sign_up, name=name),
    }
    return _page(request, "authority", sign_up, context, form)


def _described(form: AuthorityForm) -> dict[str, str]:
    given = form.cleaned_data
    return {"name": given["name"], "kind": given["kind"], "siren": given["siren"]}


def _to_you(request: HttpRequest, sign_up: SignUp) -> HttpResponse:
    remember(request, sign_up)
    return redirect("signup_you", sign_up.pk)


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """The list under the search box, as one types."""
    query = clean_text(request.GET.get("q", ""), one_line=True)[:120]
    sign_up = request.GET.get("pour", "")
    context = {
        "found": find_authorities(query),
        "query": query,
        "chosen": None,
        "choose_url": reverse("signup_authority", args=[sign_up])
        if sign_up in request.session.get(_MINE, [])
        else reverse("signup"),
    }
    return render(request, "onboarding/web/_results.html", context)


# ── 2. You ───────────────────────────────────────────────────────────────────


@step(2)
def you(request: HttpRequest, sign_up: SignUp) -> HttpResponse:
    form = YouForm(request.POST or None, sign_up=sign_up)
    if request.method == "POST" and form.is_valid():
        given = {name: form.cleaned_data[name] for name in ("contact_name", "contact_role", "email")}
        services.introduce(sign_up=sign_up, at=timezone.now(), **given)
        return _onwards(sign_up, 2)
    return _page(request, "you", sign_up, {"preview": preview_of(sign_up)}, form)


# ── 3. The challenges ────────────────────────────────────────────────────────


@step(3)
def challenges(request: HttpRequest, sign_up: SignUp) -> HttpResponse:
    """Tick, reorder, reword. The arrows send the form to itself: what was typed comes back, one place further."""
    wanted = request.GET.get("serie", "")
    code = wanted or sign_up.challenge_set or request.COOKIES.get(_WANTED_SET, DEFAULT_SET)
    chosen_set = known_set(code) or known_set(DEFAULT_SET)
    if chosen_set is None:
        raise Http404
    templates = list(chosen_set.challenges.all())
    moved = request.POST.get("move", "")
    form = ChallengesForm(request.POST or None, templates=templates, sign_up=sign_up)
    if moved:
        form = ChallengesForm(request.POST, templates=templates, sign_up=sign_up)
        form.move(moved)
    elif request.method == "POST" and form.is_valid():
        services.choose_challenges(sign_up=sign_up, challenge_set=chosen_set.code, challenges=form.chosen())
        return _onwards(sign_up, 3)
    context = {
        "sets": latest_sets(),
        "chosen_set": chosen_set,
        "moved": moved.partition(":")[2],
        "preview": preview_of(sign_up, challenge_set=chosen_set),
    }
    return _page(request, "challenges", sign_up, context, form, quiet=bool(moved))


# ── 4. The platform ──────────────────────────────────────────────────────────


@step(4)
def platform(request: HttpRequest, sign_up: SignUp) -> HttpResponse:
    count_pictures(request)
    form = PlatformForm(
        request.POST or None,
        request.FILES or None,
        sign_up=sign_up,
        proposed_title=title_of(sign_up.challenge_set),
        today=day_there(sign_up, at=timezone.now()),
    )
    if request.method == "POST":
        valid = form.is_valid()
        logo = form.cleaned_data.get("logo")
        if logo or form.cleaned_data.get("forget_logo"):
            services.keep_logo(sign_up=sign_up, logo=logo or None)
        if valid:
            given = {name: form.cleaned_data[name] for name in ("slug", "colour", "title", "opens_on", "closes_on")}
            services.design(sign_up=sign_up, **given)
            return _onwards(sign_up, 4)
    slug = str(form["slug"].value() or "")
    problem = "" if form.is_bound else services.why_not_address(sign_up, slug)
    context = {
        "alternatives": free_alternatives(
            suggested_slug(slug),
            department_code=sign_up.department_code,
            kind=sign_up.kind,
            authority_code=sign_up.authority_code,
        )
        if problem or form.has_error("slug")
        else [],
        "problem": problem,
        "preview": preview_of(sign_up, slug=slug, colour=_colour(form)),
    }
    return _page(request, "platform", sign_up, context, form)


@require_safe
def logo(request: HttpRequest, key: UUID) -> HttpResponse:
    """The logo that was sent, for its own sign-up's pages."""
    sign_up = _mine(request, key)
    if not sign_up.logo:
        raise Http404
    return HttpResponse(bytes(sign_up.logo), content_type="image/png", headers={"Cache-Control": "no-store"})


# ── 5. Departure ─────────────────────────────────────────────────────────────


@step(5)
def start(request: HttpRequest, sign_up: SignUp) -> HttpResponse:
    """All answers once more, the price, then the link by e-mail; no link in the browser that opened it before."""
    problem = _in_the_way(sign_up)
    proved = sign_up.confirmed_at is not None and request.session.get(f"proved-{sign_up.pk}") == sign_up.email
    if request.method == "POST" and not problem:
        problem = refused_to_start(request, sign_up) if proved else ""
    if request.method == "POST" and not problem:
        if proved:
            run = services.confirm(sign_up=sign_up, at=timezone.now())
            request.session[f"run-{run.pk}"] = True
            return redirect("signup_progress", run.pk)
        problem = refused(SIGN_UP_MAILS, request, mailbox_of(sign_up.email))
        if not problem:
            services.send_confirmation(sign_up=sign_up, at=timezone.now())
            request.session["signed_up"] = [str(sign_up.pk), sign_up.email]
            return redirect("signup_sent")
    context = {
        "price": price_shown(sign_up, on=timezone.localdate()),
        "trial_days": settings.TRIAL_DAYS,
        "problem": problem,
        "proved": proved,
        "refused": getattr(selectors.run_of(sign_up), "state", "") == RunState.REFUSED,
        "preview": preview_of(sign_up),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "onboarding/web/sign_up/start.html", _with_steps(sign_up, "start", context), status=status)


def _in_the_way(sign_up: SignUp) -> str:
    """What has changed since the answer was given; empty when nothing has."""
    if services.why_not_address(sign_up):
        return _("This address has been taken meanwhile. Choose another one.")
    served = services.serving(sign_up)
    if served is not None and served.verified_at is None:
        return _("Somebody else has begun a platform for it meanwhile. Choose your authority again to write to us.")
    if served is not None:
        return _("This authority already has its platform. Ask its administrator to invite you.")
    return ""


# ── Leaving and coming back ──────────────────────────────────────────────────


@step(1)
def later(request: HttpRequest, sign_up: SignUp) -> HttpResponse:
    """Where to send the link that goes on from here."""
    form = ResumeForm(request.POST or None, initial={"email": sign_up.email})
    sent_to = ""
    if request.method == "POST" and form.is_valid():
        sent_to = form.cleaned_data["email"]
        if refusal := refused(SIGN_UP_MAILS, request, mailbox_of(sent_to)):
            form.add_error(None, refusal)
            sent_to = ""
        else:
            services.send_resume_link(sign_up=sign_up, email=sent_to)
    context = {"form": form, "sign_up": sign_up, "sent_to": sent_to}
    return render(request, "onboarding/web/sign_up/later.html", context, status=422 if form.errors else 200)


@with_token
def resume_by_link(request: HttpRequest, token: str) -> HttpResponse:
    """The link shows a button; the button lets this browser continue."""
    try:
        sign_up = services.sign_up_to_resume(token)
    except services.ConfirmationRefused as refusal:
        return render(request, "onboarding/web/confirmation_refused.html", {"too_old": None}, status=refusal.status)
    if request.method != "POST":
        return render(request, "onboarding/web/sign_up/resume.html", {"sign_up": sign_up})
    remember(request, sign_up)
    return redirect(STEPS[min(sign_up.done_steps, 4)][0], sign_up.pk)


# ── What the steps share ─────────────────────────────────────────────────────


def _mine(request: HttpRequest, key: UUID) -> SignUp:
    if str(key) not in request.session.get(_MINE, []):
        raise Http404
    sign_up = SignUp.objects.filter(pk=key).first()
    if sign_up is None:
        raise Http404
    return sign_up


def remember(request: HttpRequest, sign_up: SignUp) -> None:
    """Let this browser continue a sign-up."""
    kept = [key for key in request.session.get(_MINE, []) if key != str(sign_up.pk)]
    request.session[_MINE] = [*kept, str(sign_up.pk)][-_MAX_KEPT:]


def prove_mailbox(request: HttpRequest, sign_up: SignUp) -> None:
    """Note that this browser has opened the link sent to the sign-up's address. Others have not: whoever began it with
    somebody else's address must not come in as that person.
    """
    request.session[f"proved-{sign_up.pk}"] = sign_up.email


def _onwards(sign_up: SignUp, from_step: int) -> HttpResponse:
    """Redirect to the next step; to the last one when an earlier answer was only corrected."""
    following = from_step if sign_up.done_steps == from_step else min(sign_up.done_steps, 4)
    return redirect(STEPS[following][0], sign_up.pk)


def _page(
    request: HttpRequest, name: str, sign_up: SignUp | None, context: dict[str, Any], form: Any, *, quiet: bool = False
) -> HttpResponse:
    refused = form.is_bound and not quiet and bool(form.errors)
    context = {"form": form, "quiet": quiet, **_with_steps(sign_up, name, context)}
    return render(request, f"onboarding/web/sign_up/{name}.html", context, status=422 if refused else 200)


def _with_steps(sign_up: SignUp | None, now: str, context: dict[str, Any]) -> dict[str, Any]:
    done = sign_up.done_steps if sign_up else 0
    steps = []
    for number, (url_name, label) in enumerate(STEPS):
        is_now = url_name == f"signup_{now}"
        steps.append(
            {
                "label": label,
                "state": "now" if is_now else "done" if number < done else "next",
                "url": reverse(url_name, args=[sign_up.pk]) if sign_up and number <= done else "",
            }
        )
    return {"sign_up": sign_up, "steps": steps, **context}


def _colour(form: PlatformForm) -> str:
    return str(form["colour"].value() or "") if not form.has_error("colour") else ""


def _serving(authority: Authority) -> Any:
    return services.platform_of(kind=authority.kind, code=authority.code, siren=authority.siren)
