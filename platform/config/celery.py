"""The Celery application. Every message carries the schema it was sent from (tenant-schemas-celery)."""

import os
from typing import Any

from celery.signals import worker_init
from django.conf import settings
from tenant_schemas_celery.app import CeleryApp

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.base")

app = CeleryApp("territoires")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
def limit_statements(**kwargs: Any) -> None:
    settings.DATABASES["default"]["OPTIONS"]["options"] = settings.TASK_PATIENCE
