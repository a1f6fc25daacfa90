"""What the law and honesty ask a platform to say."""

from django.urls import path, re_path

from accounts.links import leads_to
from consultations.framing.resident import documents, views

urlpatterns = [
    path("mentions-legales/", views.legal_notices, name="legal_notices"),
    path("donnees-personnelles/", views.privacy, name="privacy"),
    path("charte/", views.charter, name="charter"),
    path("accessibilite/", views.accessibility, name="accessibility"),
    path("apercu/<str:token>/", leads_to("preview"), name="preview_link"),
    path("apercu/voir/<str:mark>/documents/<int:pk>/", documents.document_preview, name="preview_document"),
    path("documents/<int:pk>/", documents.document_file, name="document_file"),
    re_path(r"^logo/(?P<digest>[0-9a-f]{20})\.png$", views.logo, name="city_logo"),
]
