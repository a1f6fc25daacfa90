"""An authority that has its platform already: a message to whoever answers for it."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from onboarding.limits import COLLEAGUE_MAILS
from onboarding.services.claims import write_about_platform
from onboarding.services.sign_ups import platform_of
from onboarding.web.forms import ColleagueForm
from onboarding.web.refusing import refused


@never_cache
def colleague(request: HttpRequest, authority: str) -> HttpResponse:
    """To its administrators, or to our team while it is not verified. Who they are is not said."""
    kind, _dash, code = authority.partition("-")
    city = platform_of(kind=kind, code=code, siren=code if len(code) == 9 else "")
    if city is None:
        raise Http404
    form = ColleagueForm(request.POST or None)
    if request.method == "POST" and (form.is_robot or form.is_valid()):
        refusal = "" if form.is_robot else refused(COLLEAGUE_MAILS, request, city.schema_name)
        if not refusal:
            if not form.is_robot:
                given = {name: form.cleaned_data[name] for name in ("name", "email", "message")}
                write_about_platform(city=city, at=timezone.now(), **given)
            return render(request, "onboarding/web/sign_up/colleague.html", {"served": city, "sent": True})
        form.add_error(None, refusal)
    context = {"form": form, "served": city, "sent": False}
    return render(request, "onboarding/web/sign_up/colleague.html", context, status=422 if form.errors else 200)
