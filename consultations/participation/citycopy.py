"""What a city takes with it of participation (common.citycopy).

The desk's copy: what everybody reads, signed by pseudonyms; of reactions only how many had which value, version by
version. Drafts, invitations, what authors say to each other and who reacted how are in the complete one alone.
"""

from django.db.models import QuerySet

from common.citycopy import in_city_copies
from consultations.participation.enums import MergeState, Status
from consultations.participation.models import (
    Argument,
    Authorship,
    CoAuthorInvitation,
    CollectiveProposal,
    CollectiveSource,
    Draft,
    Follow,
    Picture,
    Proposal,
    ProposalSight,
    ProposalVersion,
    Reaction,
    Reply,
    ReworkDraft,
    Source,
    UsefulMark,
)


def _proposals() -> QuerySet[Proposal]:
    return Proposal.objects.filter(status=Status.PUBLISHED).order_by("pk")


def _arguments() -> QuerySet[Argument]:
    return Argument.objects.filter(status=Status.PUBLISHED, proposal__in=_proposals()).order_by("pk")


def _collectives() -> QuerySet[CollectiveProposal]:
    """Those that everybody sees: what is still being asked is between authors."""
    return CollectiveProposal.objects.filter(state=MergeState.FORMED, proposal__in=_proposals()).order_by("pk")


in_city_copies(
    Proposal,
    shared="id status submitted_at challenge_id title solution problem benefit version reworked_at stage neighbourhood "
    "picture_id picture_alt merged_into_id like_count mixed_count dislike_count current_like_count "
    "current_mixed_count current_dislike_count for_count against_count improve_count imported_tally import_ref",
    people="author_id",
    complete="imported_author",
    rows=_proposals,
)
in_city_copies(
    ProposalVersion,
    shared="id proposal_id number title solution problem benefit note created_at",
    people="made_by_id",
    rows=lambda: ProposalVersion.objects.filter(proposal__in=_proposals()).order_by("pk"),
)
in_city_copies(
    Picture,
    shared="id content digest width height created_at",
    rows=lambda: Picture.objects.filter(pk__in=_proposals().values("picture")).order_by("pk"),
)
in_city_copies(
    ProposalSight,
    shared="proposal_id count",
    rows=lambda: ProposalSight.objects.filter(proposal__in=_proposals()).order_by("pk"),
)
in_city_copies(
    Source,
    shared="id proposal_id title url submitted_at import_ref",
    complete="imported_author",
    rows=lambda: Source.objects.filter(proposal__in=_proposals()).order_by("pk"),
)
in_city_copies(
    Argument,
    shared="id status submitted_at proposal_id stance kind part text version source_url source_title edited_at "
    "useful_count reply_count imported_votes verdict verdict_reason verdict_at verdict_revision taken_in import_ref",
    people="author_id verdict_by_id",
    complete="imported_author",
    rows=_arguments,
)
in_city_copies(
    Reply,
    shared="id status submitted_at argument_id text edited_at import_ref",
    people="author_id",
    complete="imported_author",
    rows=lambda: Reply.objects.filter(status=Status.PUBLISHED, argument__in=_arguments()).order_by("pk"),
)
in_city_copies(
    Reaction,
    shared="proposal_id version value",
    complete="id user_id asked created_at updated_at",
    rows=lambda: Reaction.objects.filter(proposal__in=_proposals()).order_by("pk"),
)
in_city_copies(UsefulMark, complete="id argument_id user_id created_at")
in_city_copies(Follow, complete="id user_id challenge_id proposal_id created_at")
in_city_copies(
    Authorship,
    shared="id proposal_id role since",
    people="user_id",
    rows=lambda: Authorship.objects.filter(proposal__in=_proposals()).order_by("pk"),
)
in_city_copies(
    CoAuthorInvitation,
    complete="key proposal_id user_id email invited_by_id created_at answered_at accepted",
    never="mailbox",
)
in_city_copies(
    CollectiveProposal,
    shared="id challenge_id proposal_id state title solution problem benefit formed_at formed_in",
    complete="started_by_id message revision earlier started_at ended_at ended_by_id ended_reason",
    rows=_collectives,
)
in_city_copies(
    CollectiveSource,
    shared="id collective_id proposal_id consent",
    complete="revision answered_by_id answered_at reason",
    rows=lambda: CollectiveSource.objects.filter(collective__in=_collectives()).order_by("pk"),
)
in_city_copies(
    Draft,
    complete="key challenge_id author_id title solution problem benefit neighbourhood picture_id picture_alt revision "
    "updated_at proposal_id",
)
in_city_copies(
    ReworkDraft, complete="id proposal_id user_id base_version title solution problem benefit note revision updated_at"
)
