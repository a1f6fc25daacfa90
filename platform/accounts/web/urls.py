"""The door, mounted in both URL configurations. allauth looks for some of these names."""

from allauth.account.views import reauthenticate
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from django.urls import path

from accounts.links import leads_to
from accounts.web import resuming, signing_in, views

urlpatterns = [
    path("connexion/", signing_in.sign_in, name="sign_in"),
    path("connexion/", signing_in.sign_in, name="account_login"),
    path("connexion/code/", signing_in.confirm_code, name="confirm_code"),
    path("connexion/autre-adresse/", signing_in.other_address, name="other_address"),
    path("connexion/lien/<str:token>/", leads_to("sign_in_by_link"), name="sign_in_link"),
    path("connexion/entrer/<str:mark>/", views.sign_in_by_link, name="sign_in_by_link"),
    path("connexion/suite/", views.signed_in, name="signed_in"),
    path("connexion/confirmer/", reauthenticate, name="account_reauthenticate"),
    path("connexion/second-facteur/", mfa.authenticate, name="mfa_authenticate"),
    path("connexion/second-facteur/confirmer/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("reprendre/", resuming.resume, name="resume"),
    path("deconnexion/", views.sign_out, name="sign_out"),
    path("compte/securite/", mfa.index, name="mfa_index"),
    path("compte/securite/activer/", totp.activate_totp, name="mfa_activate_totp"),
    path("compte/securite/desactiver/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("compte/securite/codes/", codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("compte/securite/codes/creer/", codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path(
        "compte/securite/codes/telecharger/",
        codes.download_recovery_codes,
        name="mfa_download_recovery_codes",
    ),
]
