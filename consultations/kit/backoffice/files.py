"""What is downloaded: made when it is asked for, and kept by what it says."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from accounts.permissions import role_required
from common.text import whole_number
from consultations.framing.backoffice.chosen import of_consultation
from consultations.framing.models import Consultation
from consultations.kit.abilities import MOBILISE
from consultations.kit.enums import Variant
from consultations.kit.models import Spot
from consultations.kit.selectors.files import FILES, file_of, is_offered, preview_of
from consultations.kit.selectors.pictures import PICTURES, picture_of
from consultations.kit.selectors.stages import is_over


@require_safe
@role_required(MOBILISE)
@of_consultation
def printed_file(request: HttpRequest, consultation: Consultation, name: str, variant: str) -> HttpResponse:
    """`?lieu=`: with the short address of that place. What would invite to what is over: the page says why not."""
    file = FILES.get(name)
    if file is None or variant not in {each.value for each in file.variants}:
        raise Http404
    if not is_offered(file, consultation):
        return redirect("desk_kit", consultation.slug)
    spot = whole_number(request.GET.get("lieu", ""))
    if spot and not Spot.objects.filter(consultation=consultation, support=file.support, pk=spot).exists():
        raise Http404
    city = request.tenant  # type: ignore[attr-defined]
    made = file_of(file, consultation, city, variant=Variant(variant), spot=spot)
    place = f"-{spot}" if spot else ""
    return download(made, f"{name}-{variant}{place}-{consultation.slug}.pdf", "application/pdf")


@require_safe
@role_required(MOBILISE)
@of_consultation
def preview(request: HttpRequest, consultation: Consultation, name: str) -> HttpResponse:
    file = FILES.get(name)
    if file is None:
        raise Http404
    made = preview_of(file, consultation, request.tenant)  # type: ignore[attr-defined]
    return HttpResponse(made, content_type="image/png", headers={"Cache-Control": "private, max-age=60"})


@require_safe
@role_required(MOBILISE)
@of_consultation
def picture(request: HttpRequest, consultation: Consultation, name: str) -> HttpResponse:
    found = PICTURES.get(name)
    if found is None:
        raise Http404
    if is_over(consultation):
        return redirect("desk_kit", consultation.slug)
    made = picture_of(found, consultation, request.tenant)  # type: ignore[attr-defined]
    return download(made, f"{name}-{consultation.slug}.png", "image/png")


def download(content: bytes, name: str, kind: str) -> HttpResponse:
    return HttpResponse(
        content,
        content_type=kind,
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"},
    )
