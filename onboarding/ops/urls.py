from django.urls import path

from onboarding.ops import verifications, views

urlpatterns = [
    path("verifications/", verifications.verifications, name="ops_verifications"),
    path("verifications/collectivite/<int:pk>/", verifications.verification, name="ops_verification"),
    path("verifications/<int:pk>/accepter/", verifications.accept, name="ops_verification_accept"),
    path("verifications/<int:pk>/refuser/", verifications.refuse, name="ops_verification_refuse"),
    path("mises-en-service/", views.runs, name="ops_runs"),
    path("mises-en-service/<uuid:key>/relancer/", views.retry, name="ops_run_retry"),
    path("mises-en-service/<uuid:key>/annuler/", views.cancel, name="ops_run_cancel"),
]
