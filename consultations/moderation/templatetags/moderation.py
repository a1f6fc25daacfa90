"""What templates show of moderation."""

from django import template
from django.urls import reverse

from consultations.moderation.models import Decision

register = template.Library()


@register.filter
def in_register(decision: Decision) -> str:
    """The address of its line there, whichever page that is on."""
    return f"{reverse('moderation_register')}?decision={decision.pk}#{decision.number}"
