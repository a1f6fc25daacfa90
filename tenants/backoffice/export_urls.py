from django.urls import path

from tenants.backoffice import export

urlpatterns = [
    path("export/", export.export, name="desk_export"),
    path("export/telecharger/", export.download, name="desk_export_download"),
    path("export/complet/", export.download_complete, name="desk_export_complete"),
]
