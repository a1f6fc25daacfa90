"""Reporting, a decision as its author reads it, the register. Nobody needs an account to report."""

from django.urls import path
from django.views.decorators.cache import never_cache

from common.trees import tree
from consultations.framing.permissions import city_visible
from consultations.moderation.resident import deciding, entering, register, reporting

_public = [
    path("moderation/", register.register, name="moderation_register"),
    path("moderation/registre.csv", register.register_csv, name="moderation_register_csv"),
]
_own = [
    path("signaler/<str:kind>/<int:subject>/", reporting.report_it, name="report"),
    path("signaler/<str:kind>/<int:subject>/nom/", reporting.report_it, {"name": True}, name="report_name"),
    path("signalements/<int:report>/", reporting.reported, name="reported"),
    path("moderation/images/<int:proposal>/", reporting.hidden_picture, name="hidden_picture"),
    path("moderation/decisions/<int:decision>/", deciding.decision, name="decision"),
]
# Before the city opens, too: whom it has accompany it comes in to frame.
_doors = [path("moderation/entrer/<str:token>/", entering.enter_by_ticket, name="delegate_entry")]

urlpatterns = [
    tree("", _public, city_visible),
    tree("", _own, never_cache, city_visible),
    tree("", _doors, never_cache),
]
