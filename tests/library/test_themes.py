"""The colour and the illustration of a theme."""

import pytest
from django.template import TemplateSyntaxError, engines

from consultations.library.enums import Theme
from consultations.library.templatetags import themes


def rendered(source: str, **context: object) -> str:
    return engines["django"].from_string("{% load themes %}" + source).render(context)


@pytest.mark.parametrize("theme", Theme.values)
def test_each_theme_has_its_picture_and_its_class(theme: str) -> None:
    assert 'class="picture"' in rendered("{% picture theme %}", theme=theme)
    assert rendered("{{ theme|tone }}", theme=theme) == f"tone-{theme.lower()}"


def test_a_picture_of_no_theme_is_refused() -> None:
    with pytest.raises(TemplateSyntaxError, match="no picture"):
        themes.picture("../../secret")
