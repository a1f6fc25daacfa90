"""What hangs on challenges, in whatever app."""

from django.db import models
from django.db.models.fields.reverse_related import ForeignObjectRel

from consultations.framing.models import Challenge


def is_in_use(*challenges: Challenge) -> bool:
    """Whether anything hangs on one of them, in whatever app: proposals, drafts, and what later stages add."""
    return any(
        relation.related_model._base_manager.filter(**{f"{relation.field.name}__in": challenges}).exists()
        for relation in relations_of_challenges()
    )


def has_contributions(*challenges: Challenge) -> bool:
    """Whether somebody has written on one of them what others read: it keeps its challenge from being deleted."""
    return any(
        relation.related_model._base_manager.filter(**{f"{relation.field.name}__in": challenges}).exists()
        for relation in relations_of_challenges()
        if relation.on_delete is models.PROTECT
    )


def relations_of_challenges() -> list[ForeignObjectRel]:
    # Hidden ones too (related_name="+"): a draft belongs to its author, not to the challenge. What framing itself keeps
    # of a challenge, such as comments in its margin, is no use of it and goes with it;
    # nor is what the team notes for itself (`is_use_of_challenges`).
    found = [each for each in Challenge._meta.get_fields(include_hidden=True) if isinstance(each, ForeignObjectRel)]
    others = [each for each in found if each.related_model._meta.app_label != Challenge._meta.app_label]
    return [each for each in others if getattr(each.related_model, "is_use_of_challenges", True)]
