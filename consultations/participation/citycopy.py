"""What a city takes with it of participation (common.citycopy).

The desk's copy: what everybody reads, signed by pseudonyms; of reactions only how many had which value, version by
version. Drafts, invitations, what authors say to each other and who reacted how are in the complete one alone.
"""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from common.citycopy import in_city_copies, in_words
from consultations.participation.enums import Status
from consultations.participation.models import (
    Argument,
    Authorship,
    Draft,
    Follow,
    Picture,
    Proposal,
    ProposalVersion,
    ProposalViews,
    Reaction,
    Reply,
    SavedView,
    Sheet,
    SheetPiece,
    Source,
    UsefulMark,
)


def public_proposals() -> QuerySet[Proposal]:
    return Proposal.objects.filter(status=Status.PUBLISHED).order_by("pk")


def _arguments() -> QuerySet[Argument]:
    return Argument.objects.filter(status=Status.PUBLISHED, proposal__in=public_proposals()).order_by("pk")


in_city_copies(
    Proposal,
    title=_("Proposals, as they now are"),
    shared="id status submitted_at challenge_id title solution problem benefit version reworked_at stage neighbourhood "
    "picture_id picture_alt picture_hidden merged_into_id like_count mixed_count dislike_count current_like_count "
    "current_mixed_count current_dislike_count for_count against_count improve_count imported_tally import_ref came_by",
    people="author_id",
    complete="imported_author status_before publish_by",
    rows=public_proposals,
    blank={"picture_alt": "picture_hidden"},
)
in_city_copies(
    ProposalVersion,
    title=_("All versions of the proposals"),
    shared="id proposal_id number title solution problem benefit note created_at",
    people="made_by_id",
    rows=lambda: ProposalVersion.objects.filter(proposal__in=public_proposals()).order_by("pk"),
)
in_city_copies(
    Picture,
    title=_("Pictures of proposals"),
    shared="id content digest width height created_at",
    rows=lambda: Picture.objects.filter(
        pk__in=public_proposals().filter(picture_hidden=False).values("picture")
    ).order_by("pk"),
)
in_city_copies(
    ProposalViews,
    title=_("How often each proposal was put before somebody"),
    shared="proposal_id count",
    rows=lambda: ProposalViews.objects.filter(proposal__in=public_proposals()).order_by("pk"),
)
in_city_copies(
    Source,
    title=_("Sources of proposals"),
    shared="id proposal_id title url submitted_at import_ref",
    complete="imported_author",
    rows=lambda: Source.objects.filter(proposal__in=public_proposals()).order_by("pk"),
)
in_city_copies(
    Argument,
    title=_("Arguments, with what authors answered"),
    shared="id status submitted_at proposal_id stance kind part text version source_url source_title edited_at "
    "useful_count reply_count imported_votes verdict verdict_reason verdict_hidden verdict_at verdict_revision "
    "taken_in import_ref came_by",
    people="author_id verdict_by_id",
    complete="imported_author status_before publish_by",
    rows=_arguments,
    blank={"verdict_reason": "verdict_hidden"},
)
in_city_copies(
    Reply,
    title=_("Replies to arguments"),
    shared="id status submitted_at argument_id text edited_at import_ref came_by",
    people="author_id",
    complete="imported_author status_before publish_by",
    rows=lambda: Reply.objects.filter(status=Status.PUBLISHED, argument__in=_arguments()).order_by("pk"),
)
in_city_copies(
    Reaction,
    title=_("Reactions to proposals: one row for each"),
    shared="proposal_id version value",
    complete="id user_id asked created_at updated_at",
    rows=lambda: Reaction.objects.filter(proposal__in=public_proposals()).order_by("pk"),
)
in_city_copies(
    UsefulMark, title=_("Arguments that somebody found useful"), complete="id argument_id user_id created_at"
)
in_city_copies(Follow, title=_("What each person follows"), complete="id user_id challenge_id proposal_id created_at")
in_city_copies(
    Authorship,
    title=_("Who writes a proposal with its author, or in their place"),
    shared="id proposal_id role since",
    people="user_id",
    rows=lambda: Authorship.objects.filter(proposal__in=public_proposals()).order_by("pk"),
)
in_city_copies(
    Draft,
    title=_("Drafts of proposals"),
    complete="key challenge_id author_id title solution problem benefit neighbourhood picture_id picture_alt revision "
    "updated_at proposal_id",
)
in_city_copies(
    SavedView,
    title=_("Views of the list of contributions that the team keeps"),
    complete="id name query owner_id is_shared created_at",
)
# Copies of what is in the other tables, for three days.
in_city_copies(Sheet, never="id asked_by_id kind query wanted columns asked_at total ready_at lines size")
in_city_copies(SheetPiece, never="id sheet_id number content")


in_words(
    {
        "proposal_id": _("the proposal: its number"),
        "argument_id": _("the argument: its number"),
        "author_id": _("who wrote it"),
        "imported_author": _("name of the author on the original site, if it was imported"),
        "status": _("whether it is published or hidden"),
        "status_before": _("of what is hidden, what it is once it is shown again"),
        "submitted_at": _("when it was sent"),
        "publish_by": _("until when it was promised to be read before it is published"),
        "came_by": _("how it came, where it was not taken over from elsewhere"),
        "solution": _("the solution that is proposed"),
        "problem": _("the problem that it answers"),
        "benefit": _("what it brings"),
        "version": _("the version it is about"),
        "reworked_at": _("when the last version was published"),
        "stage": _("how far the proposal has come"),
        "neighbourhood": _("the neighbourhood that the proposal is about, not where its author lives"),
        "picture_id": _("the picture: its number"),
        "picture_hidden": _("whether moderation has hidden the picture"),
        "picture_alt": _("what the picture shows, in words"),
        "merged_into_id": _("the collective proposal it is now part of"),
        "like_count": _("reactions « J’aime », all versions"),
        "mixed_count": _("mixed reactions, all versions"),
        "dislike_count": _("reactions against, all versions"),
        "current_like_count": _("reactions « J’aime » to the present version"),
        "current_mixed_count": _("mixed reactions to the present version"),
        "current_dislike_count": _("reactions against the present version"),
        "for_count": _("arguments for it"),
        "against_count": _("arguments against it"),
        "improve_count": _("arguments to improve it"),
        "imported_tally": _("reactions on the original site, if it was imported"),
        "number": _("number of the version"),
        "note": _("what changed, in the words of who wrote it"),
        "made_by_id": _("who published the version"),
        "content": _("the picture itself"),
        "width": _("width in pixels"),
        "height": _("height in pixels"),
        "stance": _("for, against, or to improve"),
        "kind": _("kind of argument"),
        "part": _("part of the proposal that it is about"),
        "source_url": _("address of its source"),
        "source_title": _("title of its source"),
        "edited_at": _("when its author last corrected it"),
        "useful_count": _("how many people found it useful"),
        "reply_count": _("how many replies"),
        "imported_votes": _("votes on the original site, if it was imported"),
        "verdict": _("whether the authors took it up"),
        "verdict_reason": _("why, in the words of the authors"),
        "verdict_hidden": _("whether moderation has hidden these words"),
        "verdict_at": _("when the authors answered"),
        "verdict_revision": _("how often that answer changed"),
        "verdict_by_id": _("who of the authors answered"),
        "taken_in": _("version that took it up"),
        "value": _("the reaction itself"),
        "asked": _("how often the person was asked why"),
        "count": _("how often it was shown"),
        "role": _("part in the writing"),
        "since": _("since when they have been writing it"),
        "key": _("identifier of the row"),
        "participation_savedview.name": _("what it is called"),
        "query": _("what the list is asked for, as its address says it"),
        "owner_id": _("who saved it"),
        "is_shared": _("whether the whole team has it"),
        "participation_proposal.version": _("number of the present version"),
    }
)
