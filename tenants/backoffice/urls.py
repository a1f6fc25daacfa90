from django.urls import path

from accounts.links import leads_to
from tenants.backoffice import views

urlpatterns = [
    path("adresse/", views.address, name="desk_address"),
    path("adresse/verifier/", views.check_domain, name="desk_domain_check"),
    path("adresse/renoncer/", views.give_up_domain, name="desk_domain_give_up"),
    path("adresse/quitter/", views.leave_domain, name="desk_domain_leave"),
    path("adresse/oublier/", views.forget_domain, name="desk_domain_forget"),
    path("adresse/renommer/", views.rename, name="desk_rename"),
    path("verification/", views.verification, name="desk_verification"),
    path("verification/<str:token>/", leads_to("verification_by_link"), name="verification_link"),
    path("verification/lien/<str:mark>/", views.verification_by_link, name="verification_by_link"),
]
