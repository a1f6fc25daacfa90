from django import template

from consultations.opendata.registry import Column
from consultations.opendata.schema import kind_in_words

register = template.Library()


@register.filter
def kind_of(column: Column) -> str:
    """What a column holds: a text, a day…"""
    return kind_in_words(column)
