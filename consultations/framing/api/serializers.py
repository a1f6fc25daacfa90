"""Consultations and challenges as the API gives them."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from consultations.framing.enums import ConsultationState, PhaseKind, PhaseState
from consultations.framing.models import Consultation, Phase
from consultations.library.enums import Theme
from rest.fields import Address, Filters, Given


class PhaseGiven(Given):
    kind = serializers.ChoiceField(PhaseKind.choices)
    opens_at = serializers.DateTimeField(allow_null=True)
    closes_at = serializers.DateTimeField(allow_null=True)
    state = serializers.SerializerMethodField()

    @extend_schema_field(serializers.ChoiceField([(each.name, each.value) for each in PhaseState]))
    def get_state(self, phase: Phase) -> str:
        return phase.state(timezone.now()).name


class ConsultationGiven(Given):
    slug = serializers.CharField()
    title = serializers.CharField()
    question = serializers.CharField()
    introduction = serializers.CharField()
    decision_maker = serializers.CharField()
    commitment = serializers.CharField(help_text=_("What the city does with the answers."))
    state = serializers.SerializerMethodField()
    is_current = serializers.BooleanField(help_text=_("The one that the home page shows."))
    opened_at = serializers.DateTimeField(allow_null=True)
    archived_at = serializers.DateTimeField(allow_null=True)
    proposal_count = serializers.IntegerField()
    argument_count = serializers.IntegerField()
    phases = serializers.SerializerMethodField()
    page = Address(source="get_absolute_url")

    @extend_schema_field(serializers.ChoiceField([(each.name, each.name) for each in ConsultationState]))
    def get_state(self, consultation: Consultation) -> str:
        return consultation.state(timezone.now()).name

    @extend_schema_field(PhaseGiven(many=True))
    def get_phases(self, consultation: Consultation) -> Any:
        return PhaseGiven(consultation.phases.all(), many=True).data


class FigureGiven(Given):
    value = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field of that name, as everywhere


class ExampleGiven(Given):
    text = serializers.CharField()
    why = serializers.CharField(default="")


class ChallengeGiven(Given):
    slug = serializers.CharField()
    consultation = serializers.CharField(source="consultation.slug")
    theme = serializers.ChoiceField(Theme.choices)
    label = serializers.CharField()  # type: ignore[assignment]  # a field of that name, as everywhere
    question = serializers.CharField()
    summary = serializers.CharField()
    why = serializers.CharField()
    figures = FigureGiven(many=True)
    guiding_questions = serializers.ListField(child=serializers.CharField())
    on_table = serializers.ListField(child=serializers.CharField())
    off_table = serializers.ListField(child=serializers.CharField())
    examples = ExampleGiven(many=True)
    proposal_count = serializers.IntegerField()
    argument_count = serializers.IntegerField()
    page = Address(source="get_absolute_url")


class ChallengeFilters(Filters):
    consultation = serializers.SlugField(required=False, help_text=_("The slug of a consultation."))
