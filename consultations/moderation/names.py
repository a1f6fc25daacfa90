"""Names that moderation has hidden: whoever bore one does not take it again (accounts.names)."""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef
from django_tenants.utils import get_public_schema_name

from accounts.models import User
from accounts.names import hides_names
from common.db import connection
from consultations.moderation.enums import Act
from consultations.moderation.models import Decision, Original


@hides_names
def names_hidden_of(user: User) -> Iterable[str]:
    """Until the decision is taken back, or another shows the name again."""
    if connection.schema_name == get_public_schema_name():
        return []
    shown_again = Decision.objects.filter(case=OuterRef("decision__case"), act=Act.RESTORE, cancelled_by=None)
    hidden = Original.objects.filter(table=User._meta.db_table, row=user.pk, decision__cancelled_by=None)
    later = shown_again.filter(pk__gt=OuterRef("decision"))
    return hidden.filter(~Exists(later)).values_list("before", flat=True)
