from django.urls import path

from common.states import Answers, answers
from common.trees import tree
from tenants.backoffice import export, views

# The city's place in the register, which the service's own role writes.
_register = [
    path("adresse/", views.address, name="desk_address"),
    path("adresse/verifier/", views.check_domain, name="desk_domain_check"),
    path("adresse/renoncer/", views.give_up_domain, name="desk_domain_give_up"),
    path("adresse/quitter/", views.leave_domain, name="desk_domain_leave"),
    path("adresse/oublier/", views.forget_domain, name="desk_domain_forget"),
    path("adresse/renommer/", views.rename, name="desk_rename"),
    path("verification/", views.verification, name="desk_verification"),
]
_copies = [
    path("export/", export.export, name="desk_export"),
    path("export/telecharger/", export.download, name="desk_export_download"),
    path("export/complet/", export.download_complete, name="desk_export_complete"),
]
urlpatterns = [tree("", _register + _copies, answers(Answers.READ_ONLY))]
