"""The operators' API of platforms in the making."""

from django.urls import path

from common.limits import limited_by
from onboarding.limits import ORDERED_PLATFORMS
from onboarding.ops_api import views

urlpatterns = [
    path("runs/", limited_by(ORDERED_PLATFORMS)(views.Runs.as_view()), name="ops_api_runs"),
    path("runs/<uuid:key>/", views.OneRun.as_view(), name="ops_api_run"),
]
