"""What is asked: everybody reads it."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from consultations.framing.api.serializers import ChallengeFilters, ChallengeGiven, ConsultationGiven
from consultations.framing.models import Challenge, Consultation
from consultations.framing.selectors import challenges_to_read, consultations_to_read
from rest.views import ApiView, lists, reads


class Consultations(ApiView):
    tag = _("Consultations and challenges")

    @lists("list_consultations", _("Consultations, the newest first"), gives=ConsultationGiven)
    def get(self, request: Request) -> QuerySet[Consultation]:
        return consultations_to_read()


class OneConsultation(ApiView):
    tag = Consultations.tag

    @reads("read_consultation", _("A consultation with its phases"), gives=ConsultationGiven)
    def get(self, request: Request, slug: str) -> Consultation:
        return get_object_or_404(consultations_to_read(), slug=slug)


class Challenges(ApiView):
    tag = Consultations.tag

    @lists("list_challenges", _("Challenges, the newest first"), gives=ChallengeGiven, filters=ChallengeFilters)
    def get(self, request: Request, **asked: Any) -> QuerySet[Challenge]:
        found = challenges_to_read()
        return found.filter(consultation__slug=asked["consultation"]) if "consultation" in asked else found


class OneChallenge(ApiView):
    tag = Consultations.tag

    @reads("read_challenge", _("A challenge"), gives=ChallengeGiven)
    def get(self, request: Request, slug: str) -> Challenge:
        return get_object_or_404(challenges_to_read(), slug=slug)
