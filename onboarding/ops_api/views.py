"""Having a platform made, and following it."""

from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request

from common.mail_addresses import check_mail_address
from consultations.library.selectors import DEFAULT_SET
from onboarding.enums import RunState, Step
from onboarding.models import ProvisioningRun
from onboarding.ops_api.scopes import PROVISION
from onboarding.selectors import runs
from onboarding.services.ordering import order_platform
from rest.fields import Given, Taken
from rest.views import ApiView, does, reads
from tenants.enums import AuthorityKind
from tenants.models import DEFAULT_COLOUR


class StepGiven(Given):
    step = serializers.ChoiceField(Step.choices)
    seconds = serializers.FloatField()
    done_at = serializers.DateTimeField()


class RunGiven(Given):
    id = serializers.UUIDField(source="pk")
    state = serializers.ChoiceField(RunState.choices)
    step = serializers.ChoiceField(Step.choices, help_text=_("The next one; READY once it is done."))
    problem = serializers.CharField(help_text=_("Why it was refused, or what stopped it last."))
    attempts = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)
    steps = StepGiven(many=True, source="steps.all")
    slug = serializers.CharField()
    authority_kind = serializers.ChoiceField(AuthorityKind.choices, source="kind")
    authority_code = serializers.CharField()
    url = serializers.SerializerMethodField(help_text=_("Where its platform is, once it is made."))

    @extend_schema_field(serializers.URLField(allow_null=True))
    def get_url(self, run: ProvisioningRun) -> str | None:
        return run.municipality.url if run.municipality and run.state == RunState.DONE else None


class RunOrdered(Given):
    id = serializers.UUIDField(source="pk")
    address = serializers.SerializerMethodField(help_text=_("Where to follow it."))

    @extend_schema_field(serializers.URLField())
    def get_address(self, run: ProvisioningRun) -> str:
        return str(self.context["request"].build_absolute_uri(reverse("ops_api_run", args=[run.pk])))


class RunTaken(Taken):
    authority_kind = serializers.ChoiceField(AuthorityKind.choices)
    authority_code = serializers.CharField(max_length=9, help_text=_("INSEE code, or SIREN of a group."))
    slug = serializers.CharField(max_length=40, help_text=_("The first word of its address."))
    admin_email = serializers.EmailField(
        max_length=254, validators=[check_mail_address], help_text=_("The first administrator, invited by mail.")
    )
    challenge_set = serializers.CharField(max_length=60, default=DEFAULT_SET)
    colour = serializers.CharField(max_length=7, default=DEFAULT_COLOUR, help_text=_("Such as #1d4a41."))


class Runs(ApiView):
    tag = _("Platforms in the making")

    @does(
        "order_platform",
        _("Have the platform of an authority made"),
        scope=PROVISION,
        takes=RunTaken,
        gives=RunOrdered,
        status=202,
        about=_("The authority counts as verified. Workers make it within seconds: follow its run."),
        fields={
            "authority_unknown": "authority_code",
            "authority_already_served": "authority_code",
            "slug_refused": "slug",
            "slug_taken": "slug",
            "colour_refused": "colour",
            "challenge_set_unknown": "challenge_set",
        },
    )
    def post(self, request: Request, *, user: Any, **sent: Any) -> ProvisioningRun:
        return order_platform(operator=user, **sent)


class OneRun(ApiView):
    tag = Runs.tag

    @reads("read_run", _("How far the making of a platform is"), gives=RunGiven, scope=PROVISION)
    def get(self, request: Request, key: UUID) -> ProvisioningRun:
        return runs().get(pk=key)
