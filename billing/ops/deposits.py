"""What goes to Chorus Pro: several invoices at once, and what was entered by mistake."""

from tempfile import SpooledTemporaryFile
from zipfile import ZipFile

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.permissions import signed_in_user
from billing.models import Deposit
from billing.ops import overview
from billing.ops.acting import acted
from billing.ops.forms import FilesForm, FlowForm, MistakeForm, TogetherForm
from billing.ops.invoices import invoice_page
from billing.services import deposits
from billing.services.mailing import file_name

_IN_MEMORY = 5_000_000


@require_POST
def together(request: HttpRequest) -> HttpResponse:
    """Several invoices in one flow."""
    form = TogetherForm(request.POST)
    return acted(
        request,
        form,
        lambda: deposits.deposit_together(
            invoices=list(form.cleaned_data["invoice"]),
            flow=form.cleaned_data["flow"],
            seen_on=form.cleaned_data["seen_on"],
            operator=signed_in_user(request),
            at=timezone.now(),
        ),
        said=_("The deposit of these invoices is entered."),
        back=("ops_billing",),
        refused=lambda status: overview.billing_page(request, status=status, together=form),
    )


@never_cache
@require_POST
def files(request: HttpRequest) -> HttpResponse | FileResponse:
    """The Factur-X of those that are ticked, as one ZIP."""
    form = FilesForm(request.POST)
    if not form.is_valid():
        return overview.billing_page(request, status=422, together=form)
    written = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 (the response closes it)
    with ZipFile(written, "w") as file:
        for invoice in (
            form.cleaned_data["invoice"].filter(facturx__isnull=False).defer(None).defer("plain").iterator(1)
        ):
            file.writestr(file_name(invoice), bytes(invoice.facturx or b""))
    written.seek(0)
    name = f"factur-x-{timezone.localdate()}.zip"
    return FileResponse(written, as_attachment=True, filename=name, content_type="application/zip")


@require_POST
def available(request: HttpRequest) -> HttpResponse:
    """A whole flow, but for what was rejected of it."""
    form = FlowForm(request.POST)
    return acted(
        request,
        form,
        lambda: deposits.flow_available(operator=signed_in_user(request), at=timezone.now(), **form.cleaned_data),
        said=_("What was left of the flow is entered as made available."),
        back=("ops_billing",),
        refused=lambda status: overview.billing_page(request, status=status, flow=form),
    )


@require_POST
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """A step that was entered by mistake."""
    step = get_object_or_404(Deposit.objects.select_related("invoice__account"), pk=pk)
    form = MistakeForm(request.POST)
    return acted(
        request,
        form,
        lambda: deposits.take_back_step(
            step=step, operator=signed_in_user(request), at=timezone.now(), **form.cleaned_data
        ),
        said=_("The step is taken back. It stays below, with your reason."),
        back=("ops_invoice", step.invoice_id),
        refused=lambda status: invoice_page(request, step.invoice_id, status=status, mistake=form),
    )
