"""The figures of a consultation, where the city has everybody read them: what the page shows, and nothing else."""

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request

from consultations.analysis.selectors.dashboard import figures_of
from consultations.analysis.selectors.figures_file import rows
from consultations.framing.selectors import consultations_to_read
from rest.fields import Given
from rest.views import ApiView, reads

_NAMES = (
    *("table", "line", "persons", "is_hidden", "share", "population_share", "proposals", "rewritten", "arguments"),
    *("taken", "reactions", "argued"),
)


class FigureRow(Given):
    """A line of one of the tables of the page. `persons` is null where fewer than five might be recognised."""

    table = serializers.CharField()
    line = serializers.CharField()
    persons = serializers.IntegerField(allow_null=True)
    is_hidden = serializers.BooleanField()
    share = serializers.IntegerField(allow_null=True, help_text=_("Of those who said it, in percent."))
    population_share = serializers.IntegerField(allow_null=True, help_text=_("In percent."))
    proposals = serializers.IntegerField(allow_null=True)
    rewritten = serializers.IntegerField(allow_null=True, help_text=_("Of the proposals."))
    arguments = serializers.IntegerField(allow_null=True)
    taken = serializers.IntegerField(allow_null=True, help_text=_("Of the arguments: taken up by the authors."))
    reactions = serializers.IntegerField(allow_null=True)
    argued = serializers.IntegerField(allow_null=True, help_text=_("Of the reactions: with an argument."))


class FiguresGiven(Given):
    consultation = serializers.CharField()
    rows = FigureRow(many=True)


class OneDashboard(ApiView):
    tag = _("Votes and figures")

    @reads("read_figures", _("The figures of a consultation"), gives=FiguresGiven)
    def get(self, request: Request, slug: str) -> dict[str, Any]:
        consultation = get_object_or_404(consultations_to_read().exclude(opened_at=None), slug=slug)
        found = figures_of(consultation, at=timezone.now())
        if found.settings is None or not found.settings.is_public:
            raise Http404
        given = [dict(zip(_NAMES, row, strict=True)) for row in rows(found)]
        return {"consultation": slug, "rows": [{**row, "is_hidden": bool(row["is_hidden"])} for row in given]}
