"""Offline entry, at the desk. The words of the addresses are French."""

from django.urls import URLPattern, URLResolver, include, path

from consultations.offline.backoffice import acting, entering

_one = [
    path("", acting.sheet, name="desk_sheet"),
    path("relue/", acting.mark_read, name="desk_sheet_read"),
    path("retirer/", acting.discard, name="desk_sheet_discard"),
]
_of_consultation: list[URLPattern | URLResolver] = [
    path("", entering.sheets, name="desk_sheets"),
    path("proches/", entering.close, name="desk_sheets_close"),
    path("lot/", acting.pile, name="desk_sheets_pile"),
    path("a-relire/", acting.to_read, name="desk_sheets_to_read"),
    path("reglage/", acting.rule, name="desk_sheets_rule"),
    path("<int:pk>/", include(_one)),
]
urlpatterns = [
    path("saisie/", entering.begin, name="desk_offline"),
    path("consultations/<slug:consultation>/saisie/", include(_of_consultation)),
]
