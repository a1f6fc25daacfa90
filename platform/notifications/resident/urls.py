"""A person's notices and mail. The words of the addresses are French."""

from django.urls import path

from notifications.resident import mailing, notices

urlpatterns = [
    path("nouvelles/", notices.notices, name="notices"),
    path("nouvelles/lues/", notices.read_all, name="notices_read"),
    path("nouvelles/<int:pk>/", notices.notice, name="notice"),
    path("mes-courriels/", mailing.preferences, name="mail_preferences"),
    path("mes-courriels/messages/", mailing.agreement, name="mail_agreement"),
    path("desabonnement/messages/<str:token>/", mailing.withdraw, name="withdraw_agreement"),
    path("desabonnement/messages/lien/<str:mark>/", mailing.withdraw_by_page, name="withdraw_agreement_by_link"),
    path("desabonnement/<str:token>/", mailing.unsubscribe, name="unsubscribe"),
    path("desabonnement/lien/<str:mark>/", mailing.unsubscribe_by_link, name="unsubscribe_by_link"),
]
