"""What the city answers and makes of proposals: read by everybody, prepared by who has a key for it."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from accounts.models import User
from consultations.outcomes.api.scopes import ANSWER
from consultations.outcomes.api.serializers import (
    AnswerFilters,
    AnswerGiven,
    DraftGiven,
    DraftSent,
    ProjectFilters,
    ProjectGiven,
    WholeDraft,
)
from consultations.outcomes.models import Answer, AnswerVersion, Project
from consultations.outcomes.selectors.given import draft_of, given_answers, given_projects
from consultations.outcomes.services.writing import Text, write_answers
from consultations.participation.selectors.given import given_proposals
from rest.views import ApiView, does, lists, reads

TAG = _("Answers and projects")


class Answers(ApiView):
    tag = TAG

    @lists("list_answers", _("The city’s answers, the newest first"), gives=AnswerGiven, filters=AnswerFilters)
    def get(self, request: Request, **asked: Any) -> QuerySet[AnswerVersion]:
        return given_answers(**asked)


class OneAnswer(ApiView):
    tag = TAG

    @reads(
        "read_draft_answer",
        _("The answer that is being prepared"),
        gives=WholeDraft,
        scope=ANSWER,
        about=_("404 as long as nobody has begun it: the first is written with `revision` 0."),
    )
    def get(self, request: Request, pk: int) -> Answer:
        found = draft_of(get_object_or_404(given_proposals(), pk=pk).pk)
        if found is None:
            raise Http404
        return found

    @does(
        "write_answer",
        _("Write the answer to a proposal, and give it to be signed"),
        scope=ANSWER,
        takes=DraftSent,
        gives=DraftGiven,
        about=_("What is signed is published by its signer, on the platform, and by no key."),
        fields={"person_not_able": "signer"},
    )
    def put(
        self, request: Request, user: User, pk: int, revision: int, signer: int | None = None, **texts: Any
    ) -> Answer:
        proposal = get_object_or_404(given_proposals(), pk=pk)
        (written,) = write_answers(
            consultation=proposal.challenge.consultation,
            texts={pk: Text(**texts)},
            revisions={pk: revision},
            actor=user,
            at=timezone.now(),
            signer_id=signer,
        )
        return written


class Projects(ApiView):
    tag = TAG

    @lists("list_projects", _("The city’s projects, the newest first"), gives=ProjectGiven, filters=ProjectFilters)
    def get(self, request: Request, **asked: Any) -> QuerySet[Project]:
        return given_projects(**asked)


class OneProject(ApiView):
    tag = TAG

    @reads("read_project", _("A project with its steps"), gives=ProjectGiven)
    def get(self, request: Request, slug: str) -> Project:
        return get_object_or_404(given_projects(), slug=slug)
