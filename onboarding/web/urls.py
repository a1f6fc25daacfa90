"""The public site."""

from django.urls import path

from onboarding.web import views

urlpatterns = [
    path("", views.landing, name="landing"),
    path("inscription/", views.sign_up, name="signup"),
    path("inscription/verifiez-vos-messages/", views.check_your_mail, name="signup_sent"),
    path("inscription/confirmer/<str:token>/", views.confirm, name="signup_confirm"),
    path("inscription/mise-en-service/<uuid:key>/", views.progress, name="signup_progress"),
    path("inscription/mise-en-service/<uuid:key>/entrer/", views.enter, name="signup_enter"),
    path("mentions-legales/", views.legal, name="service_legal"),
    path("conditions/", views.terms, name="service_terms"),
    path("donnees-personnelles/", views.privacy, name="service_privacy"),
    path("accessibilite/", views.accessibility, name="service_accessibility"),
]
