"""Writing who the city is, as the law asks a site to say."""

from datetime import datetime

from django.db import transaction

from accounts.audit import record
from accounts.models import User
from common.meanwhile import ChangedMeanwhile
from consultations.framing.models import LegalIdentity


def update_legal_identity(*, actor: User | None, revision: int, at: datetime, **fields: str) -> LegalIdentity:
    """Write the city's one legal identity. Raises ChangedMeanwhile unless `revision` is the one kept.

    Nothing changed: nothing happens, whoever saved in between.
    """
    with transaction.atomic():
        LegalIdentity.objects.bulk_create([LegalIdentity(pk=LegalIdentity.ONLY)], ignore_conflicts=True)
        identity = LegalIdentity.objects.select_for_update(no_key=True).get(pk=LegalIdentity.ONLY)
        changed = sorted(name for name, value in fields.items() if getattr(identity, name) != value)
        if not changed:
            return identity
        if identity.revision != revision:
            raise ChangedMeanwhile(identity)
        for name in changed:
            setattr(identity, name, fields[name])
        identity.revision += 1
        identity.updated_at = at
        identity.save(update_fields=[*changed, "revision", "updated_at"])
        record("legal_identity_updated", actor=actor, fields=changed)
    return identity
