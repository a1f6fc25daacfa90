"""Answers and projects as the API gives and takes them."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from consultations.outcomes.enums import AnswerState, Decision, ProjectState
from consultations.outcomes.models import Answer, Project
from consultations.outcomes.permissions import signers
from consultations.outcomes.rules import CHANGE, COMPETENT, OWN_WORDS, REASONS
from rest.fields import Address, Filters, Given, Taken


class AnswerGiven(Given):
    id = serializers.IntegerField(source="pk")
    proposal = serializers.IntegerField(source="answer.proposal_id")
    proposal_version = serializers.IntegerField(help_text=_("Of the proposal: the one that was answered."))
    proposal_title = serializers.CharField()
    number = serializers.IntegerField(help_text=_("1 for a first answer, more where another replaced it."))
    decision = serializers.ChoiceField(Decision.choices)
    own_words = serializers.CharField()
    reasons = serializers.CharField()
    competent = serializers.CharField(help_text=_("Whose decision it is, where it is not the city’s."))
    expected_on = serializers.DateField(allow_null=True)
    change = serializers.CharField(help_text=_("What changes from the answer before."))
    signed_name = serializers.CharField()
    signed_function = serializers.CharField()
    signed_at = serializers.DateTimeField()
    page = Address(source="answer.proposal.get_absolute_url")


class AnswerFilters(Filters):
    consultation = serializers.SlugField(required=False, max_length=80, help_text=_("The slug of a consultation."))
    decision = serializers.ChoiceField(Decision.choices, required=False)
    proposal = serializers.IntegerField(required=False, min_value=1, max_value=10**18)


class MilestoneGiven(Given):
    title = serializers.CharField()
    planned_on = serializers.DateField()
    first_planned_on = serializers.DateField(allow_null=True)
    done_on = serializers.DateField(allow_null=True)
    late_why = serializers.CharField()


class ProjectGiven(Given):
    slug = serializers.CharField()
    consultation = serializers.CharField(source="consultation.slug")
    title = serializers.CharField()
    summary = serializers.CharField()
    state = serializers.ChoiceField(ProjectState.choices)
    state_reason = serializers.CharField()
    decided_on = serializers.DateField(allow_null=True)
    lead_service = serializers.CharField()
    location = serializers.CharField()
    neighbourhood = serializers.CharField()
    budget_planned = serializers.IntegerField(allow_null=True, help_text=_("In whole euros."))
    budget_spent = serializers.IntegerField(allow_null=True, help_text=_("In whole euros."))
    published_at = serializers.DateTimeField()
    milestones = MilestoneGiven(many=True)
    proposals = serializers.SerializerMethodField(help_text=_("Those out of which it grew."))
    page = Address(source="get_absolute_url")

    @extend_schema_field(serializers.ListField(child=serializers.IntegerField()))
    def get_proposals(self, project: Project) -> list[int]:
        return [each.proposal_id for each in project.sources.all()]


class ProjectFilters(Filters):
    consultation = serializers.SlugField(required=False, max_length=80, help_text=_("The slug of a consultation."))
    state = serializers.ChoiceField(ProjectState.choices, required=False)


class DraftGiven(Given):
    """An answer that is being prepared: the team alone reads it."""

    proposal = serializers.IntegerField(source="proposal_id")
    state = serializers.ChoiceField(AnswerState.choices)
    revision = serializers.IntegerField(help_text=_("Sent back with what is written: so two writers see each other."))


class SignerGiven(Given):
    id = serializers.IntegerField(source="pk")
    name = serializers.CharField(source="public_name")
    function = serializers.CharField()


class WholeDraft(DraftGiven):
    decision = serializers.CharField()
    own_words = serializers.CharField()
    reasons = serializers.CharField()
    competent = serializers.CharField()
    expected_on = serializers.DateField(allow_null=True)
    change = serializers.CharField()
    signers = serializers.SerializerMethodField(help_text=_("Those to whom it may be given to be signed."))

    @extend_schema_field(SignerGiven(many=True))
    def get_signers(self, answer: Answer) -> Any:
        return SignerGiven(signers().order_by("pk"), many=True).data


class DraftSent(Taken):
    # A draft may lack any of its parts; what is given to be signed may not.
    revision = serializers.IntegerField(
        min_value=0, max_value=1_000_000, help_text=_("Of the draft that was read; 0: none.")
    )
    decision = serializers.ChoiceField(Decision.choices, required=False, allow_blank=True)
    own_words = serializers.CharField(required=False, allow_blank=True, max_length=4 * OWN_WORDS.maximum)
    reasons = serializers.CharField(required=False, allow_blank=True, max_length=4 * REASONS.maximum)
    competent = serializers.CharField(required=False, allow_blank=True, max_length=4 * COMPETENT.maximum)
    expected_on = serializers.DateField(required=False, allow_null=True)
    change = serializers.CharField(required=False, allow_blank=True, max_length=4 * CHANGE.maximum)
    signer = serializers.IntegerField(
        required=False,
        min_value=1,
        max_value=10**18,
        help_text=_("The number of who signs, one of `signers`: gives it to be signed."),
    )
