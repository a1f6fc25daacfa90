"""The words that the filter points at in this city, beside those of everyone."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.permissions import role_required, signed_in_user
from common.meanwhile import ChangedMeanwhile, sent_again, theirs_beside
from common.refusals import Refusal
from common.requests import Request
from consultations.moderation.abilities import CHOOSE_WORDS
from consultations.moderation.backoffice.access import for_moderators
from consultations.moderation.backoffice.forms import CityWordsForm
from consultations.moderation.backoffice.frame import framed
from consultations.moderation.models import CityWord
from consultations.moderation.services.screening import revision_of_words, set_city_words


@role_required(CHOOSE_WORDS)
@for_moderators
def words(request: Request) -> HttpResponse:
    present = {"words": "\n".join(CityWord.objects.values_list("words", flat=True)), "revision": revision_of_words()}
    form, notice, conflict, status = CityWordsForm(request.POST or None, initial=present), "", None, 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                set_city_words(actor=signed_in_user(request), **form.cleaned_data)
            except ChangedMeanwhile as meanwhile:
                form = CityWordsForm(sent_again(request, revision_of_words()))
                form.is_valid()
                conflict, status = {"fields": theirs_beside(form, {"words": meanwhile.now})}, meanwhile.status
            except Refusal as refusal:
                notice, status = str(refusal.message), refusal.status
            else:
                messages.success(request, _("The filter reads with these words from now on."))
                return redirect("desk_moderation_words")
    context = framed(request, at=timezone.now(), form=form, notice=notice, conflict=conflict)
    return render(request, "moderation/backoffice/words.html", context, status=status)
