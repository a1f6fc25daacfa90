"""A person's copy of what they wrote, said and asked for here (common.personal)."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from common.personal import PersonalFile, Row, copies, leaves_out_of_copies
from consultations.participation.models import (
    Argument,
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
from consultations.participation.selectors.texts import texts_in_words

leaves_out_of_copies(ProposalViews, because="how often a page was opened, by nobody in particular")
leaves_out_of_copies(Source, because="imported with its proposal; nobody here wrote it")
leaves_out_of_copies(SheetPiece, because="contributions of everybody, which one took along oneself")


@copies(Proposal, ProposalVersion, Draft, Picture)
def texts(user: User) -> Iterator[PersonalFile]:
    shown = list(
        Proposal.objects.filter(author=user).select_related("challenge", "picture").defer("search").order_by("pk")
    )
    yield PersonalFile(
        "propositions",
        _("Your proposals"),
        _("Those that you hold the pen of, as they are now, with their pictures in the folder “images”."),
        [_proposal(proposal) for proposal in shown],
        {_picture_name("proposition", each.pk): bytes(each.picture.content) for each in shown if each.picture},
    )
    yield PersonalFile(
        "versions",
        _("The versions that you published"),
        _("The text of each as it was, and what you said of what changed."),
        [
            {
                _("proposal"): version.proposal_id,
                _("version"): version.number,
                **texts_in_words(version),
                _("what changed"): version.note,
                _("published on"): version.created_at,
            }
            for version in ProposalVersion.objects.filter(made_by=user).order_by("proposal", "number")
        ],
    )
    drafts = list(Draft.objects.filter(author=user).select_related("challenge", "picture").order_by("updated_at", "pk"))
    yield PersonalFile(
        "brouillons",
        _("Your drafts"),
        _("What you have begun, and what is kept of it for some months after you published it. Nobody else sees them."),
        [_draft(draft) for draft in drafts],
        {_picture_name("brouillon", each.pk): bytes(each.picture.content) for each in drafts if each.picture},
    )


@copies(Argument, Reply)
def said(user: User) -> Iterator[PersonalFile]:
    yield PersonalFile(
        "arguments",
        _("Your arguments"),
        _("What you said of proposals, and what their authors answered."),
        [_argument(each) for each in Argument.objects.filter(author=user).select_related("proposal").order_by("pk")],
    )
    yield PersonalFile(
        "reponses",
        _("Your replies"),
        _("What you answered to arguments; and, as an author, what you made of them."),
        [
            {_("argument"): reply.argument_id, _("text"): reply.text, **_moments(reply)}
            for reply in Reply.objects.filter(author=user).order_by("pk")
        ]
        + [
            {
                _("argument"): argument.pk,
                _("verdict"): argument.get_verdict_display(),
                _("reason"): argument.verdict_reason,
                _("when"): argument.verdict_at,
            }
            for argument in Argument.objects.filter(verdict_by=user).order_by("pk")
        ],
    )


@copies(Reaction, UsefulMark, Follow)
def pressed(user: User) -> Iterator[PersonalFile]:
    yield PersonalFile(
        "reactions",
        _("Your reactions"),
        _("What you think of proposals, and the arguments that you found useful. Only their number is shown."),
        [
            {
                _("proposal"): each.proposal_id,
                _("title"): each.proposal.title,
                _("reaction"): each.get_value_display(),
                _("version"): each.version,
                _("first on"): each.created_at,
                _("last on"): each.updated_at,
            }
            for each in Reaction.objects.filter(user=user)
            .select_related("proposal")
            .defer("proposal__search")
            .order_by("pk")
        ]
        + [
            {_("argument"): mark.argument_id, _("reaction"): _("useful"), _("first on"): mark.created_at}
            for mark in UsefulMark.objects.filter(user=user).order_by("pk")
        ],
    )
    yield PersonalFile(
        "suivis",
        _("What you follow"),
        _("The challenges and proposals of which you want to hear."),
        [
            {
                _("challenge"): each.challenge.label if each.challenge else "",
                _("proposal"): each.proposal_id,
                _("title"): each.proposal.title if each.proposal else "",
                _("since"): each.created_at,
            }
            for each in Follow.objects.filter(user=user).select_related("challenge", "proposal").order_by("pk")
        ],
    )


def _moments(written: Any) -> Row:
    return {
        _("published on"): written.submitted_at,
        _("edited on"): getattr(written, "edited_at", None),
        _("state"): written.get_status_display(),
    }


@copies(SavedView)
def views_of_the_list(user: User) -> Iterator[PersonalFile]:
    yield PersonalFile(
        "vues",
        _("Your views of the list of contributions"),
        _("What you look for at the team’s desk, under the names that you gave."),
        [
            {
                _("name"): view.name,
                _("what it asks for"): view.query,
                _("for the team"): view.is_shared,
                _("saved on"): view.created_at,
            }
            for view in SavedView.objects.filter(owner=user).order_by("pk")
        ],
    )


@copies(Sheet)
def sheets_asked_for(user: User) -> Iterator[PersonalFile]:
    yield PersonalFile(
        "tableurs",
        _("The spreadsheets of contributions that you asked for"),
        _("Those that are kept for you to fetch."),
        [
            {_("asked on"): sheet.asked_at, _("what it asks for"): sheet.query, _("lines"): sheet.lines}
            for sheet in Sheet.objects.filter(asked_by=user).order_by("pk")
        ],
    )


def _proposal(proposal: Proposal) -> Row:
    return {
        _("number"): proposal.pk,
        _("challenge"): proposal.challenge.label,
        **texts_in_words(proposal),
        _("version"): proposal.version,
        _("neighbourhood"): proposal.neighbourhood,
        _("picture"): _picture_name("proposition", proposal.pk) if proposal.picture else "",
        _("what the picture shows"): proposal.picture_alt,
        **_moments(proposal),
    }


def _draft(draft: Draft) -> Row:
    return {
        _("challenge"): draft.challenge.label,
        **texts_in_words(draft),
        _("neighbourhood"): draft.neighbourhood,
        _("picture"): _picture_name("brouillon", draft.pk) if draft.picture else "",
        _("what the picture shows"): draft.picture_alt,
        _("proposal"): draft.proposal_id,
        _("last change"): draft.updated_at,
    }


def _argument(argument: Argument) -> Row:
    return {
        _("number"): argument.pk,
        _("proposal"): argument.proposal_id,
        _("title"): argument.proposal.title,
        _("stance"): argument.get_stance_display(),
        _("about"): argument.about,
        _("text"): argument.text,
        _("source"): argument.source_url or argument.source_title,
        _("version"): argument.version,
        **_moments(argument),
        _("verdict"): argument.get_verdict_display(),
        _("reason"): argument.shown_reason,
    }


def _picture_name(kind: str, key: object) -> str:
    return f"images/{kind}-{key}.jpg"
