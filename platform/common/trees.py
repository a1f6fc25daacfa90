"""What holds for every address of a tree is said once, where the tree is included, not remembered on each view."""

from collections.abc import Callable, Iterator, Sequence
from functools import wraps
from importlib import import_module
from typing import Any

from django.apps import apps
from django.urls import URLPattern, URLResolver, include, path
from django.utils.module_loading import module_has_submodule

View = Callable[..., Any]
Entry = URLPattern | URLResolver


def urls_for(audience: str) -> Iterator[str]:
    """The addresses that installed apps have for an audience: `<app>/<audience>/urls.py`."""
    for config in apps.get_app_configs():
        if config.module is not None and module_has_submodule(config.module, audience):
            package = import_module(f"{config.name}.{audience}")
            if module_has_submodule(package, "urls"):
                yield f"{config.name}.{audience}.urls"


def tree(route: str, urlconf: str | Sequence[Entry], *decorators: Callable[[View], View]) -> URLResolver:
    """`path(route, include(urlconf))` with these decorators on each of its views, the last one outermost.

    The views themselves stay as they are: another tree may hold them, too.
    """
    included, app_name, namespace = include(urlconf)
    patterns = [_decorated(each, decorators) for each in getattr(included, "urlpatterns", included)]
    return path(route, (patterns, app_name, namespace))


def _decorated(entry: Entry, decorators: Sequence[Callable[[View], View]]) -> Entry:
    if isinstance(entry, URLResolver):
        inner = [_decorated(each, decorators) for each in entry.url_patterns]
        return URLResolver(
            entry.pattern, inner, entry.default_kwargs, app_name=entry.app_name, namespace=entry.namespace
        )
    view = _apart(entry.callback)
    for decorate in decorators:
        view = decorate(view)
    return URLPattern(entry.pattern, view, entry.default_args, entry.name)


def _apart(view: View) -> View:
    """The same view, for marks that hold in one tree only."""

    @wraps(view)
    def apart(*args: Any, **kwargs: Any) -> Any:
        return view(*args, **kwargs)

    return apart
