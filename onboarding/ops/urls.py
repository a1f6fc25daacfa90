from django.urls import path

from onboarding.ops import views

urlpatterns = [
    path("mises-en-service/", views.runs, name="ops_runs"),
    path("mises-en-service/<uuid:key>/relancer/", views.retry, name="ops_run_retry"),
    path("mises-en-service/<uuid:key>/annuler/", views.cancel, name="ops_run_cancel"),
]
