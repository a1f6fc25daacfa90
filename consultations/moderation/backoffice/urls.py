"""The desk of moderation: for whoever the consultation says decides."""

from django.urls import path
from django.views.decorators.cache import never_cache

from common.trees import tree
from consultations.moderation.backoffice import accounts, claiming, deciding, law, queue, together, visits, words

_desk = [
    path("moderation/", queue.queue, name="desk_moderation"),
    path("moderation/decisions/", queue.decided, name="desk_moderation_decided"),
    path("moderation/ensemble/", together.together, name="desk_moderation_together"),
    path("moderation/choisis/", together.chosen, name="desk_moderation_chosen"),
    path("moderation/mots/", words.words, name="desk_moderation_words"),
    path("moderation/acces-du-service/", visits.service_visits, name="desk_service_visits"),
    path("moderation/annuler/", deciding.take_back, name="desk_moderation_undo"),
    path("moderation/texte/<str:kind>/<int:subject>/", deciding.moderate, name="desk_moderate"),
    path("moderation/comptes/", accounts.accounts, name="desk_accounts"),
    path("moderation/comptes/<int:person>/", accounts.account, name="desk_account"),
    path("moderation/loi/", law.evidence, name="desk_evidence"),
    path("moderation/loi/<int:evidence>/", law.note, name="desk_note"),
    path("moderation/loi/injonction/", law.order, name="desk_order"),
    path("moderation/journal/", law.journal, name="desk_journal"),
    path("moderation/<int:case>/", deciding.one_case, name="desk_case"),
    path("moderation/<int:case>/qui/", claiming.who, name="desk_case_who"),
    path("moderation/<int:case>/quitter/", claiming.leave, name="desk_case_leave"),
]

urlpatterns = [tree("", _desk, never_cache)]
