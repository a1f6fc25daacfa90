"""Offline entry, at the desk. The words of the addresses are French."""

from django.urls import URLPattern, URLResolver, include, path

from consultations.offline.backoffice import acting, entering

_one = [
    path("", acting.sheet, name="desk_entry"),
    path("relue/", acting.mark_read, name="desk_entry_read"),
    path("retirer/", acting.discard, name="desk_entry_discard"),
]
_of_consultation: list[URLPattern | URLResolver] = [
    path("", entering.sheets, name="desk_entries"),
    path("proches/", entering.close, name="desk_entry_close"),
    path("lot/", acting.pile, name="desk_entry_pile"),
    path("a-relire/", acting.to_read, name="desk_entry_to_read"),
    path("reglage/", acting.rule, name="desk_entry_rule"),
    path("<int:pk>/", include(_one)),
]
urlpatterns = [
    path("saisie/", entering.begin, name="desk_offline"),
    path("consultations/<slug:consultation>/saisie/", include(_of_consultation)),
]
