"""A person's copy of all that a city holds about them, as one file: RGPD, articles 15 and 20."""

import json
from datetime import datetime
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone

from accounts.audit import record
from accounts.erasure import refuse_after_address_change
from accounts.models import User
from common.personal import PersonalFile, personal_files


def files_about(user: User) -> list[PersonalFile]:
    """Those that hold something."""
    return [file for file in personal_files(user) if file.rows]


def write_copy(*, user: User, city: Any, target: IO[bytes], at: datetime, by_support: bool = False) -> None:
    """Write the ZIP into `target`: LISEZMOI.txt says what is in each file; pictures have a folder of their own.

    Raises AddressChangedLately unless support does it.
    """
    if not by_support:
        refuse_after_address_change(user=user, at=at)
    with transaction.atomic(), ZipFile(target, "w", compression=ZIP_DEFLATED) as archive:
        files = files_about(user)
        for file in files:
            archive.writestr(f"{file.name}.json", _json(file))
            for name, content in file.pictures.items():
                archive.writestr(name, content)
        context = {"city": city, "person": user, "files": files, "at": timezone.localtime(at)}
        archive.writestr("LISEZMOI.txt", render_to_string("accounts/own_copy.txt", context))
        record("own_data_copied", actor=None if by_support else user, subject=user, by_support=by_support)


def _json(file: PersonalFile) -> str:
    return json.dumps(file.rows, ensure_ascii=False, indent=2, cls=DjangoJSONEncoder) + "\n"
