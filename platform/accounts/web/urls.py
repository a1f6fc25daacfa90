"""The door, mounted in both URL configurations. allauth looks for some of these names."""

from django.urls import path

from accounts.limits import DEFENCE, SIGN_OUTS
from accounts.links import leads_to
from accounts.web import proving, resuming, security, signing_in, views
from common.limits import limited_by
from common.states import Answers, answers
from common.trees import tree

# Counted apart, for each session: see accounts.limits.
defends = limited_by(DEFENCE, by_session=True)

_door = [
    path("connexion/", signing_in.sign_in, name="sign_in"),
    path("connexion/", signing_in.sign_in, name="account_login"),
    path("connexion/code/", signing_in.confirm_code, name="confirm_code"),
    path("connexion/autre-adresse/", signing_in.other_address, name="other_address"),
    path("connexion/lien/<str:token>/", leads_to("sign_in_by_link"), name="sign_in_link"),
    path("connexion/entrer/<str:mark>/", views.sign_in_by_link, name="sign_in_by_link"),
    path("connexion/suite/", views.signed_in, name="signed_in"),
    path("connexion/second-facteur/", proving.second_step, name="mfa_authenticate"),
    path("connexion/confirmer/", defends(proving.prove), name="account_reauthenticate"),
    path("connexion/reprendre/<str:nonce>/", proving.resume_kept_form, name="account_kept_form"),
    path("deconnexion/", limited_by(SIGN_OUTS)(views.sign_out), name="sign_out"),
    path("compte/securite/", security.overview, name="mfa_index"),
    path("compte/securite/application/", defends(security.add_app), name="mfa_add_app"),
    path("compte/securite/cle/", defends(security.add_passkey), name="mfa_add_passkey"),
    path("compte/securite/<int:pk>/retirer/", defends(security.remove), name="mfa_remove"),
    path("compte/securite/codes/", security.recovery_codes, name="mfa_recovery_codes"),
    path("compte/securite/codes/creer/", defends(security.renew_recovery_codes), name="mfa_renew_recovery_codes"),
    path("compte/securite/codes/telecharger/", security.download_recovery_codes, name="mfa_download_recovery_codes"),
    path("compte/securite/autres-appareils/", defends(security.sign_out_elsewhere), name="mfa_sign_out_elsewhere"),
]
urlpatterns = [
    tree("", _door, answers(Answers.IN_EVERY_STATE)),
    path("reprendre/", resuming.resume, name="resume"),
]
