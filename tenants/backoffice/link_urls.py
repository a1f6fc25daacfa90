"""For whoever reads the authority's mail, signed in or not: they are asked whether the city is theirs."""

from django.urls import path

from accounts.links import leads_to
from common.states import Answers, answers
from common.trees import tree
from tenants.backoffice import views

_links = [
    path("<str:token>/", leads_to("verification_by_link"), name="verification_link"),
    path("lien/<str:mark>/", views.verification_by_link, name="verification_by_link"),
]
urlpatterns = [tree("", _links, answers(Answers.UNVERIFIED_BY_NAME | Answers.READ_ONLY))]
