"""Votes and their results, for everybody. Nobody votes by a key: a ballot is cast by a person, and is secret."""

from typing import Any

from django.db.models import Prefetch, QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request

from consultations.framing.selectors import consultations_to_read
from consultations.participation.enums import Status
from consultations.voting.enums import Method, VoteState
from consultations.voting.models import Item, Vote
from consultations.voting.selectors.result import result_of
from rest.fields import Address, Given
from rest.views import ApiView, lists, reads


class ItemGiven(Given):
    number = serializers.IntegerField()
    title = serializers.CharField()
    text = serializers.CharField(source="shown_text")
    cost = serializers.IntegerField(allow_null=True, help_text=_("In whole euros."))
    neighbourhood = serializers.CharField()
    proposal = serializers.SerializerMethodField(help_text=_("Null where it cannot, or no longer, be read."))
    withdrawn_why = serializers.CharField()

    @extend_schema_field(serializers.IntegerField(allow_null=True))
    def get_proposal(self, item: Item) -> int | None:
        shown = item.proposal is not None and item.proposal.status == Status.PUBLISHED
        return item.proposal_id if shown else None


class RowGiven(Given):
    number = serializers.IntegerField(source="item.number")
    votes = serializers.IntegerField(
        allow_null=True, help_text=_("Null where fewer than thirty people voted on the site.")
    )
    round = serializers.IntegerField(allow_null=True, help_text=_("In which it was taken; null: it was not."))


class ResultGiven(Given):
    voters = serializers.IntegerField()
    online = serializers.IntegerField(source="tally.online")
    paper = serializers.IntegerField(source="tally.paper")
    rows = RowGiven(many=True)


class VoteGiven(Given):
    consultation = serializers.CharField(source="consultation.slug")
    number = serializers.IntegerField()
    title = serializers.CharField()
    introduction = serializers.CharField()
    neighbourhood = serializers.CharField(help_text=_("Whose vote it is; empty: of the whole territory."))
    method = serializers.ChoiceField(Method.choices)
    budget = serializers.IntegerField(allow_null=True, help_text=_("In whole euros."))
    opens_at = serializers.DateTimeField()
    closes_at = serializers.DateTimeField()
    state = serializers.SerializerMethodField()
    items = ItemGiven(many=True)
    result = serializers.SerializerMethodField(help_text=_("Once it is counted."))
    ballots = serializers.SerializerMethodField(help_text=_("All ballots without a name, from thirty on."))
    page = Address(source="get_absolute_url")

    @extend_schema_field(serializers.ChoiceField([(each.value, each.label) for each in VoteState if each != "DRAFT"]))
    def get_state(self, vote: Vote) -> str:
        return vote.state(timezone.now()).value

    @extend_schema_field(ResultGiven(allow_null=True))
    def get_result(self, vote: Vote) -> Any:
        tally = getattr(vote, "tally", None)
        if vote.counted_at is None or tally is None:
            return None
        return ResultGiven(result_of(vote, tally)).data

    @extend_schema_field(serializers.URLField(allow_null=True))
    def get_ballots(self, vote: Vote) -> str | None:
        tally = getattr(vote, "tally", None)
        if vote.counted_at is None or tally is None or not tally.is_published:
            return None
        kind = "csv" if vote.method == Method.CHOICES else "pb"
        path = reverse("vote_ballots", args=[vote.consultation.slug, vote.number, kind])
        return str(self.context["request"].build_absolute_uri(path))


_ITEMS = Prefetch(
    "items",
    Item.objects.select_related("proposal").only(
        *(each.name for each in Item._meta.concrete_fields), "proposal__status"
    ),
)


def given_votes(slug: str) -> QuerySet[Vote]:
    consultation = get_object_or_404(consultations_to_read(), slug=slug)
    found = consultation.votes.exclude(announced_at=None).select_related("consultation", "tally")
    return found.defer("tally__file", "tally__receipts").prefetch_related(_ITEMS)


class Votes(ApiView):
    tag = _("Votes and figures")

    @lists("list_votes", _("The votes of a consultation, the newest first"), gives=VoteGiven)
    def get(self, request: Request, slug: str) -> QuerySet[Vote]:
        return given_votes(slug)


class OneVote(ApiView):
    tag = Votes.tag

    @reads("read_vote", _("A vote, and its result once it is counted"), gives=VoteGiven)
    def get(self, request: Request, slug: str, number: int) -> Vote:
        return get_object_or_404(given_votes(slug), number=min(number, 32767))
