"""One city, for operators: what is known of it, and what may happen to it now."""

from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts.abilities import OPERATE
from accounts.factors import NobodyToHelp
from accounts.kept import SensitiveAction
from accounts.permissions import role_required, signed_in_user
from common.templatetags.hours import hour
from tenants import lifecycle, selectors, services
from tenants.domains.acting import named
from tenants.enums import LifecycleState, Transition
from tenants.models import Municipality
from tenants.ops.forms import TimeZoneForm, TransitionForm, WayBackForm
from tenants.structure import current_fingerprint


def show(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _city(pk))


def _which_transition(*, pk: int, transition: str) -> str:
    return f"{named(pk=pk)}: {dict(Transition.choices).get(transition, transition)}"


# Where a refusal is shown; the others above the form.
_FIELDS: dict[type[lifecycle.Refused], str] = {
    lifecycle.ConfirmationMissing: "typed_slug",
    lifecycle.TrialEndRefused: "trial_ends_on",
}


@require_POST
@role_required(
    OPERATE, fresh=SensitiveAction(gettext_lazy("Change the state of a city"), TransitionForm, _which_transition)
)
def change_state(request: HttpRequest, pk: int, transition: str) -> HttpResponse:
    """Make a transition; a refusal is shown beside its form, with what was typed."""
    city = _city(pk)
    if transition not in Transition.values:
        raise Http404
    form = TransitionForm(request.POST, transition=Transition(transition), slug=city.slug)
    if not form.is_valid():
        return _page(request, city, form, status=422)
    try:
        lifecycle.change_state(
            municipality=city,
            transition=form.transition,
            actor=signed_in_user(request),
            at=timezone.now(),
            **form.cleaned_data,
        )
    except lifecycle.Refused as refusal:
        form.add_error(_FIELDS.get(type(refusal)), refusal.message)
        return _page(request, city, form, status=409)
    city.refresh_from_db()
    messages.success(request, _("%(name)s: %(state)s.") % {"name": city.name, "state": city.get_state_display()})
    return redirect("ops_city", pk)


@require_POST
def time_zone(request: HttpRequest, pk: int) -> HttpResponse:
    """Where the directory or what was typed by hand misled: another zone."""
    form = TimeZoneForm(request.POST)
    if form.is_valid():
        city = _city(pk)
        services.mend_time_zone(municipality=city, operator=signed_in_user(request), **form.cleaned_data)
        messages.success(request, _("The time zone is changed."))
    return redirect("ops_city", pk)


@require_POST
def maintenance(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin or end it, as `on` in the form says: sending an old page again changes nothing."""
    on = request.POST.get("on") == "1"
    services.set_maintenance(municipality=_city(pk), on=on, operator=signed_in_user(request), at=timezone.now())
    messages.success(request, _("The city is in maintenance.") if on else _("The maintenance is over."))
    return redirect("ops_city", pk)


_WAY_BACK = SensitiveAction(
    gettext_lazy("Take away the second factor that somebody of a city has lost"), WayBackForm, named
)


@role_required(OPERATE, fresh=_WAY_BACK)
def way_back(request: HttpRequest, pk: int) -> HttpResponse:
    """For an administrator who has lost their second factor and has no colleague to give it back; or a participant,
    where the team of the city asks."""
    city = get_object_or_404(Municipality.objects.ready(), pk=pk)
    form = WayBackForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.give_person_way_back(municipality=city, operator=signed_in_user(request), **form.cleaned_data)
        except NobodyToHelp as refusal:
            form.add_error("email", refusal.message)
        else:
            messages.success(request, _("The second factor is removed, and the person is told by mail."))
            return redirect("ops_city", pk)
    context = {"municipality": city, "form": form}
    return render(request, "tenants/ops/way_back.html", context, status=422 if form.errors else 200)


def _page(
    request: HttpRequest, city: Municipality, refused: TransitionForm | None = None, status: int = 200
) -> HttpResponse:
    transitions = lifecycle.possible_transitions(municipality=city, actor=signed_in_user(request), at=timezone.now())
    forms = [TransitionForm(transition=transition, slug=city.slug) for transition in transitions]
    if refused is not None:
        # What is no longer possible is shown too, with its refusal and what was typed.
        forms = [refused, *(form for form in forms if form.transition != refused.transition)]
    context = {
        "municipality": city,
        "forms": forms,
        "refused": refused,
        "time_zone_form": TimeZoneForm(initial={"time_zone": city.time_zone}),
        "hour_there": hour(timezone.localtime(timezone=ZoneInfo(city.time_zone))),
        "history": selectors.history_of(city),
        "certificate": selectors.certificate_of(city),
        "moved": selectors.move_of(city),
        "behind": city.state != LifecycleState.DELETED
        and city.moved_at is None
        and (bool(city.structure_problem) or city.structure not in ("", current_fingerprint())),
    }
    return render(request, "tenants/ops/city.html", context, status=status)


def _city(pk: int) -> Municipality:
    return get_object_or_404(Municipality, pk=pk)
