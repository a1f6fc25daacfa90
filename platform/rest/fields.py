"""Serializers that take no more than they know, and what lists are asked with."""

from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from common.text import TextTooLong, TextTooShort, Words

PAGE, PAGE_MAX = 20, 100


class Taken(serializers.Serializer[Any]):
    """What is sent. A field that nobody knows is refused: a name that was mistyped would be lost without a word."""

    def to_internal_value(self, data: Any) -> Any:
        value = super().to_internal_value(data)
        unknown = sorted(set(data) - set(self.fields))
        if unknown:
            raise serializers.ValidationError(
                {str(name)[:60]: [_("This field is not known.")] for name in unknown[:20]}
            )
        return value


class Filters(Taken):
    """Of a list: a page of it."""

    limit = serializers.IntegerField(
        min_value=1, max_value=PAGE_MAX, default=PAGE, help_text=_("How many to give at once.")
    )
    cursor = serializers.CharField(
        max_length=60, required=False, help_text=_("Where to go on: from `next` of the page before.")
    )


class Moment(serializers.DateTimeField):
    """One that every zone has."""

    def to_internal_value(self, value: Any) -> datetime:
        try:
            found: datetime = super().to_internal_value(value)
            return found.astimezone(UTC)
        except OverflowError as far:
            raise serializers.ValidationError(_("This moment is too far away.")) from far


class Nothing(Taken):
    """Where nothing can be asked."""


class Given(serializers.Serializer[Any]):
    """What is read."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("read_only", True)
        super().__init__(*args, **kwargs)


class Address(serializers.URLField):
    """A page of the site, or an address of the API, whole: from the path that the source says."""

    def to_representation(self, value: Any) -> str:
        request = self.context.get("request")
        return str(request.build_absolute_uri(value) if request is not None else value)


class WordsSent(serializers.CharField):
    """A text of people, by the rule that its service refuses by."""

    def __init__(self, words: Words, **kwargs: Any) -> None:
        self.words = words
        kwargs.setdefault("allow_blank", words.minimum == 0)
        super().__init__(trim_whitespace=False, **kwargs)
        minimum, most = words.minimum, words.maximum
        if not self.help_text:
            self.help_text = _("Between %(least)s and %(most)s characters.") % {"least": minimum, "most": most}

    def to_internal_value(self, data: Any) -> str:
        typed: str = super().to_internal_value(data)
        try:
            return self.words.cleaned(typed, optional=not self.required and self.words.minimum == 0)
        except (TextTooLong, TextTooShort) as refusal:
            raise serializers.ValidationError(str(refusal.message), code=refusal.code) from refusal
