"""Signs and words of votes."""

from django import template

from common.text import in_euros

register = template.Library()


@register.filter
def euros(amount: int | float | None) -> str:
    """28 000 €, or €28,000; with its cents where there are some."""
    return "" if amount is None else in_euros(amount)


@register.filter
def grouped_receipt(code: str) -> str:
    """7Q4M 2XKD 93: as one reads it aloud."""
    return "\u00a0".join(code[place : place + 4] for place in range(0, len(code), 4))
