"""Campaigns, at the desk. The words of the addresses are French."""

from django.urls import include, path

from consultations.animation.backoffice import acting, campaigns

_one = [
    path("", campaigns.campaign, name="desk_campaign"),
    path("modifier/", campaigns.edit, name="desk_campaign_edit"),
    path("apercu/", campaigns.preview, name="desk_campaign_preview"),
    path("liste/", campaigns.people, name="desk_campaign_people"),
    path("essai/", acting.trial, name="desk_campaign_trial"),
    path("envoyer/", acting.send, name="desk_campaign_send"),
    path("reprendre/", acting.take_back, name="desk_campaign_take_back"),
    path("arreter/", acting.stop, name="desk_campaign_stop"),
    path("copier/", acting.copy, name="desk_campaign_copy"),
    path("supprimer/", acting.delete, name="desk_campaign_delete"),
]
urlpatterns = [
    path("campagnes/", campaigns.campaigns, name="desk_campaigns"),
    path("campagnes/nouvelle/", campaigns.new, name="desk_campaign_new"),
    path("campagnes/<int:pk>/", include(_one)),
]
