from django.urls import path

from common.states import Answers, answers
from common.trees import tree
from tenants.backoffice import export

_copies = [
    path("export/", export.export, name="desk_export"),
    path("export/telecharger/", export.download, name="desk_export_download"),
    path("export/complet/", export.download_complete, name="desk_export_complete"),
]
urlpatterns = [tree("", _copies, answers(Answers.READ_ONLY))]
