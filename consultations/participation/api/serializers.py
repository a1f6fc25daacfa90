"""Contributions as the API gives and takes them."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from consultations.participation.enums import ArgumentKind, Channel, Part, ReactionValue, Stage, Stance, Verdict
from consultations.participation.models import Argument, Proposal, Reply
from consultations.participation.rules import ARGUMENT, PARTS, REPLY, SOURCE_TITLE
from rest.fields import Address, Filters, Given, Moment, Taken, WordsSent

# ── Given ────────────────────────────────────────────────────────────────────


class AuthorGiven(Given):
    """By their public name; of the city's team, with their function."""

    name = serializers.CharField()
    function = serializers.CharField(help_text=_("Of a member of the city’s team; empty for everybody else."))


class Signed(Given):
    author = serializers.SerializerMethodField()

    @extend_schema_field(AuthorGiven())
    def get_author(self, row: Any) -> dict[str, str]:
        return {"name": row.author_name, "function": row.author_function}


class ReactionsGiven(Given):
    like = serializers.IntegerField()
    mixed = serializers.IntegerField()
    dislike = serializers.IntegerField()


class ArgumentCounts(Given):
    for_count = serializers.IntegerField()
    against_count = serializers.IntegerField()
    improve_count = serializers.IntegerField()


class ProposalGiven(Signed):
    id = serializers.IntegerField(source="pk")
    consultation = serializers.CharField(source="challenge.consultation.slug")
    challenge = serializers.CharField(source="challenge.slug")
    title = serializers.CharField()
    solution = serializers.CharField()
    problem = serializers.CharField()
    benefit = serializers.CharField()
    neighbourhood = serializers.CharField()
    stage = serializers.ChoiceField(Stage.choices)
    version = serializers.IntegerField()
    channel = serializers.ChoiceField(Channel.choices, help_text=_("How it came."))
    submitted_at = serializers.DateTimeField()
    reworked_at = serializers.DateTimeField(allow_null=True)
    merged_into = serializers.IntegerField(
        source="shown_merged_into", allow_null=True, help_text=_("The collective proposal that it is part of.")
    )
    reactions = serializers.SerializerMethodField(help_text=_("To all versions."))
    reactions_to_version = serializers.SerializerMethodField(help_text=_("To the present version alone."))
    arguments = serializers.SerializerMethodField()
    page = Address(source="get_absolute_url")

    @extend_schema_field(ReactionsGiven())
    def get_reactions(self, proposal: Proposal) -> dict[str, int]:
        return {"like": proposal.like_count, "mixed": proposal.mixed_count, "dislike": proposal.dislike_count}

    @extend_schema_field(ReactionsGiven())
    def get_reactions_to_version(self, proposal: Proposal) -> dict[str, int]:
        return {
            "like": proposal.current_like_count,
            "mixed": proposal.current_mixed_count,
            "dislike": proposal.current_dislike_count,
        }

    @extend_schema_field(ArgumentCounts())
    def get_arguments(self, proposal: Proposal) -> dict[str, int]:
        return {
            "for_count": proposal.for_count,
            "against_count": proposal.against_count,
            "improve_count": proposal.improve_count,
        }


class ArgumentGiven(Signed):
    id = serializers.IntegerField(source="pk")
    proposal = serializers.IntegerField(source="proposal_id")
    stance = serializers.ChoiceField(Stance.choices)
    kind = serializers.ChoiceField(ArgumentKind.choices, allow_blank=True)
    part = serializers.ChoiceField(Part.choices, allow_blank=True)
    text = serializers.CharField()
    source_url = serializers.CharField()
    source_title = serializers.CharField()
    version = serializers.IntegerField(help_text=_("Of the proposal: the one that it was said of."))
    channel = serializers.ChoiceField(Channel.choices, help_text=_("How it came."))
    submitted_at = serializers.DateTimeField()
    edited_at = serializers.DateTimeField(allow_null=True)
    useful_count = serializers.IntegerField()
    reply_count = serializers.IntegerField()
    verdict = serializers.ChoiceField(Verdict.choices, allow_blank=True, help_text=_("What the authors made of it."))
    verdict_reason = serializers.CharField(source="shown_reason")
    taken_in = serializers.IntegerField(allow_null=True, help_text=_("The version that took it up."))
    page = Address(source="get_absolute_url")


class ReplyGiven(Signed):
    id = serializers.IntegerField(source="pk")
    argument = serializers.IntegerField(source="argument_id")
    text = serializers.CharField()
    submitted_at = serializers.DateTimeField()
    edited_at = serializers.DateTimeField(allow_null=True)


class Written(Given):
    """What was written, where it is, and whether it waits to be read by the city before everybody reads it."""

    id = serializers.IntegerField(source="pk")
    waits = serializers.BooleanField(source="is_held")
    address = serializers.SerializerMethodField(help_text=_("Where the API gives it, once it is published."))
    page = serializers.SerializerMethodField()

    @extend_schema_field(serializers.URLField())
    def get_address(self, row: Proposal | Argument | Reply) -> str:
        name = {Proposal: "api_proposal", Argument: "api_argument", Reply: "api_reply"}[type(row)]
        return str(self.context["request"].build_absolute_uri(reverse(name, args=[row.pk])))

    @extend_schema_field(serializers.URLField())
    def get_page(self, row: Proposal | Argument | Reply) -> str:
        path = row.argument.get_absolute_url() if isinstance(row, Reply) else row.get_absolute_url()
        return str(self.context["request"].build_absolute_uri(path))


# ── Asked ────────────────────────────────────────────────────────────────────


class ProposalFilters(Filters):
    consultation = serializers.SlugField(required=False, max_length=80, help_text=_("The slug of a consultation."))
    challenge = serializers.SlugField(required=False, max_length=80, help_text=_("The slug of a challenge."))
    stage = serializers.ChoiceField(Stage.choices, required=False)
    words = serializers.CharField(required=False, max_length=200, help_text=_("Words that it speaks of."))
    since = Moment(required=False, help_text=_("Published at that moment or later."))


class ArgumentFilters(Filters):
    stance = serializers.ChoiceField(Stance.choices, required=False)


# ── Taken ────────────────────────────────────────────────────────────────────


class ProposalSent(Taken):
    title = WordsSent(PARTS["title"])
    solution = WordsSent(PARTS["solution"])
    problem = WordsSent(PARTS["problem"])
    benefit = WordsSent(PARTS["benefit"])
    neighbourhood = serializers.CharField(required=False, allow_blank=True, max_length=60)


class ProposalCorrected(Taken):
    """What is left out stays as it is."""

    title = WordsSent(PARTS["title"], required=False)
    solution = WordsSent(PARTS["solution"], required=False)
    problem = WordsSent(PARTS["problem"], required=False)
    benefit = WordsSent(PARTS["benefit"], required=False)
    neighbourhood = serializers.CharField(required=False, allow_blank=True, max_length=60)


class ReactionSent(Taken):
    value = serializers.ChoiceField(ReactionValue.choices)
    seen_version = serializers.IntegerField(
        required=False,
        min_value=1,
        max_value=1_000_000,
        help_text=_("The version that the person has read: refused where another has come since."),
    )


class ReactionGiven(Given):
    value = serializers.ChoiceField(ReactionValue.choices)
    version = serializers.IntegerField()


class ArgumentSent(Taken):
    stance = serializers.ChoiceField(Stance.choices)
    text = WordsSent(ARGUMENT)
    kind = serializers.ChoiceField(ArgumentKind.choices, required=False, allow_blank=True)
    part = serializers.ChoiceField(Part.choices, required=False, allow_blank=True)
    source_url = serializers.CharField(required=False, allow_blank=True, max_length=500)
    source_title = WordsSent(SOURCE_TITLE, required=False)


class ReplySent(Taken):
    text = WordsSent(REPLY)
