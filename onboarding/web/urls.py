"""The public site."""

from django.urls import path

from accounts.links import leads_to
from onboarding.web import cancelling, joining, signing_up, views

urlpatterns = [
    path("", views.landing, name="landing"),
    path("inscription/", signing_up.begin, name="signup"),
    path("inscription/collectivites/", signing_up.search, name="signup_search"),
    path("inscription/deja-la/<str:authority>/", joining.colleague, name="signup_colleague"),
    path("inscription/reprendre/<str:token>/", leads_to("signup_resume_by_link"), name="signup_resume"),
    path("inscription/reprise/<str:mark>/", signing_up.resume_by_link, name="signup_resume_by_link"),
    path("inscription/<uuid:key>/collectivite/", signing_up.authority, name="signup_authority"),
    path("inscription/<uuid:key>/vous/", signing_up.you, name="signup_you"),
    path("inscription/<uuid:key>/defis/", signing_up.challenges, name="signup_challenges"),
    path("inscription/<uuid:key>/plateforme/", signing_up.platform, name="signup_platform"),
    path("inscription/<uuid:key>/logo.png", signing_up.logo, name="signup_logo"),
    path("inscription/<uuid:key>/depart/", signing_up.start, name="signup_start"),
    path("inscription/<uuid:key>/plus-tard/", signing_up.later, name="signup_later"),
    path("inscription/verifiez-vos-messages/", views.check_your_mail, name="signup_sent"),
    path("inscription/confirmer/<str:token>/", leads_to("signup_confirm_by_link"), name="signup_confirm"),
    path("inscription/confirmation/<str:mark>/", views.confirm_by_link, name="signup_confirm_by_link"),
    path("inscription/mise-en-service/<uuid:key>/", views.progress, name="signup_progress"),
    path("inscription/mise-en-service/<uuid:key>/entrer/", views.enter, name="signup_enter"),
    path("inscription/mise-en-service/<uuid:key>/annuler/", cancelling.cancel, name="signup_cancel"),
    path("mentions-legales/", views.legal, name="service_legal"),
    path("conditions/", views.terms, name="service_terms"),
    path("donnees-personnelles/", views.privacy, name="service_privacy"),
    path("accessibilite/", views.accessibility, name="service_accessibility"),
]
