"""What waits for a decision, for who decides: the same cases, words and rules as on the desk."""

from typing import Any, cast

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request

from accounts.models import User
from consultations.moderation.api.scopes import MODERATION
from consultations.moderation.enums import Act, Kind, State
from consultations.moderation.grounds import GROUNDS
from consultations.moderation.models import Case, Decision
from consultations.moderation.permissions import theirs_to_decide
from consultations.moderation.rules import FACTS, PASSAGE, PASSAGES_MAX
from consultations.moderation.selectors.cases import case_file
from consultations.moderation.services.deciding import acts_for, decide
from rest.fields import Given, Taken
from rest.views import ApiView, does, lists, reads

_ACTS = [(each.value, each.label) for each in Act if each not in (Act.UNDO, Act.SUSPEND, Act.WARN)]


class CaseGiven(Given):
    id = serializers.IntegerField(source="pk")
    kind = serializers.ChoiceField(Kind.choices)
    subject = serializers.IntegerField(source="subject_id", help_text=_("The number of what it is about."))
    consultation = serializers.SerializerMethodField()
    opened_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField(help_text=_("Until when a decision is promised."))
    is_held = serializers.BooleanField(help_text=_("Not public yet: it waits to be read."))
    report_count = serializers.IntegerField()

    def get_consultation(self, case: Case) -> str:
        return case.consultation.slug if case.consultation is not None else ""


class PartGiven(Given):
    name = serializers.CharField()
    text = serializers.CharField()


class CaseFileGiven(Given):
    """With its words, and what a decision sends back to say that they were read."""

    case = CaseGiven()
    parts = PartGiven(many=True)
    acts = serializers.ListField(child=serializers.ChoiceField(_ACTS), help_text=_("What can be decided now."))
    seen = serializers.IntegerField(help_text=_("The last decision; 0: none."))
    read = serializers.CharField(help_text=_("A mark of the words."))


class DecisionSent(Taken):
    act = serializers.ChoiceField(_ACTS)
    ground = serializers.ChoiceField([(code, code) for code in GROUNDS])
    facts = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=4 * FACTS.maximum,
        help_text=_("For the author; left out: those of the ground."),
    )
    passages = serializers.ListField(
        child=serializers.CharField(max_length=4 * PASSAGE.maximum), required=False, max_length=PASSAGES_MAX
    )
    criticises = serializers.BooleanField(
        required=False, help_text=_("The text criticises an elected official or the service: a second person is asked.")
    )
    seen = serializers.IntegerField(min_value=0, max_value=10**18)
    read = serializers.CharField(max_length=64)


class DecisionGiven(Given):
    decision = serializers.IntegerField(allow_null=True)
    waits_for_second = serializers.BooleanField()


def _theirs(user: Any) -> QuerySet[Case]:
    return Case.objects.filter(theirs_to_decide(user)).select_related("consultation")


class Cases(ApiView):
    tag = _("Moderation")

    @lists("list_cases", _("What waits for a decision, the newest first"), gives=CaseGiven, scope=MODERATION)
    def get(self, request: Request) -> QuerySet[Case]:
        return _theirs(request.user).filter(state=State.OPEN)


class OneCase(ApiView):
    tag = Cases.tag

    @reads("read_case", _("A case with its words"), gives=CaseFileGiven, scope=MODERATION)
    def get(self, request: Request, pk: int) -> dict[str, Any]:
        case = get_object_or_404(_theirs(request.user), pk=pk)
        file = case_file(case, user=cast(User, request.user), at=timezone.now())
        if file is None:
            raise Http404
        return {
            "case": case,
            "parts": [{"name": name, "text": text} for name, text in file.subject.texts.items()],
            "acts": [act for act, _label in _ACTS if act in acts_for(file.subject)],
            "seen": file.seen,
            "read": file.subject.digest,
        }


class Decisions(ApiView):
    tag = Cases.tag

    @does(
        "decide",
        _("Decide on a case"),
        scope=MODERATION,
        takes=DecisionSent,
        gives=DecisionGiven,
        status=201,
        about=_("Effective at once, told ten seconds later. The author and who reported it are told, with the ground."),
        fields={"ground_missing": "ground", "passage_missing": "passages", "words_changed": "read"},
    )
    def post(self, request: Request, user: User, pk: int, facts: str = "", **sent: Any) -> dict[str, Any]:
        case = get_object_or_404(_theirs(user), pk=pk)
        made = decide(case=case, moderator=user, facts=facts, at=timezone.now(), **sent)
        is_decision = isinstance(made, Decision)
        return {"decision": made.pk if is_decision else None, "waits_for_second": not is_decision}
