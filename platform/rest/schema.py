"""The description of an API (OpenAPI), made from what its views say of themselves (rest.views).

It is made once a release and kept beside the code (`make contract`, rest/contracts/): what is served is what a test has
compared with the views.
"""

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, inline_serializer
from rest_framework import serializers

from common.requests import API
from rest.problems import MEDIA_TYPE
from rest.scopes import scopes

CONTRACTS = Path(__file__).with_name("contracts")
# Where an API stands: the file of its description, and its addresses.
ABOUT = {
    "city": gettext_lazy("What is public is read without a key. What is done asks for one: see /api/."),
    "service": gettext_lazy("For operators: every request asks for a key, made under /ops/."),
}
SITES = {"city": settings.ROOT_URLCONF, "service": settings.PUBLIC_SCHEMA_URLCONF}


class FieldProblem(serializers.Serializer[Any]):
    pointer = serializers.CharField(required=False, help_text=gettext_lazy("Of a field of what was sent."))
    parameter = serializers.CharField(required=False, help_text=gettext_lazy("Of the address."))
    detail = serializers.CharField()


class Problem(serializers.Serializer[Any]):
    """RFC 9457."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField(help_text=gettext_lazy("For programs: it stays when the sentence changes."))
    detail = serializers.CharField(help_text=gettext_lazy("For people, in French."))
    errors = FieldProblem(many=True, required=False)  # type: ignore[assignment]  # RFC 9457 has no name for them


def described(site: str) -> dict[str, Any]:
    """The description of the API of a site, made anew."""
    with override("fr"):
        generator: Any = SchemaGenerator(urlconf=SITES[site])  # type: ignore[no-untyped-call]
        made: dict[str, Any] = generator.get_schema(request=None, public=True)
    made["paths"] = {path: each for path, each in made["paths"].items() if path.startswith(API)}
    with override("fr"):
        made["info"] = {
            "title": _("API of Territoires résilients"),
            "version": "1",
            "description": str(ABOUT[site]),
            "license": {
                "name": "Licence Ouverte 2.0",
                "url": "https://www.etalab.gouv.fr/licence-ouverte-open-licence",
            },
        }
        known = ", ".join(f"`{key}`" for key in _asked_for(made["paths"]))
        made.setdefault("components", {})["securitySchemes"] = {
            "key": {
                "type": "http",
                "scheme": "bearer",
                "description": _("A key made on the platform. Scopes: %(scopes)s") % {"scopes": known},
            }
        }
    plain: dict[str, Any] = json.loads(json.dumps(made, default=str))
    for each in plain["components"]["schemas"].values():
        each.pop("description", None)  # of docstrings, which are English; what is said in French stands with each field
    return plain


def _asked_for(paths: dict[str, Any]) -> list[str]:
    """The scopes that some operation asks for, in their order."""
    asked = {each.get("x-scope") for methods in paths.values() for each in methods.values()}
    return [each.key for each in scopes() if each.key in asked]


def written(site: str) -> str:
    return json.dumps(described(site), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def kept_contract(site: str) -> bytes:
    return (CONTRACTS / f"{site}.json").read_bytes()


class HouseSchema(AutoSchema):
    """What a method says of itself (rest.views.Operation), for drf-spectacular."""

    @property
    def _operation(self) -> Any:
        return getattr(self.view, self.method.lower()).operation

    def is_excluded(self) -> bool:
        return not hasattr(getattr(self.view, self.method.lower(), None), "operation")

    def get_operation_id(self) -> str:
        return str(self._operation.name)

    def get_summary(self) -> str:
        return str(self._operation.summary)

    def get_description(self) -> str:  # type: ignore[override]
        return str(self._operation.about)

    def get_tags(self) -> list[str]:
        return [str(self.view.tag)]  # type: ignore[attr-defined]

    def get_auth(self) -> list[dict[str, list[str]]]:
        return [{"key": []}] if self._operation.scope else []

    def get_extensions(self) -> dict[str, Any]:
        scope = self._operation.scope
        return {"x-scope": scope.key} if scope else {}

    def get_request_serializer(self) -> Any:
        return self._operation.takes

    def get_filter_backends(self) -> list[Any]:
        return []

    def get_override_parameters(self) -> list[Any]:
        filters = self._operation.filters
        if self.method in ("GET", "HEAD"):
            return [filters] if filters().fields else []
        said = _("The same request sent again with the same value is done once and answered the same, for 24 h.")
        pattern = {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"}
        return [OpenApiParameter("Idempotency-Key", pattern, OpenApiParameter.HEADER, description=said)]

    def get_response_serializers(self) -> Any:
        operation = self._operation
        gives = operation.gives
        if operation.is_list:
            name = f"{operation.name.title().replace('_', '')}Page"
            parts = {"next": serializers.URLField(allow_null=True), "results": gives(many=True)}
            gives = inline_serializer(name, parts)
        answers: dict[Any, Any] = {operation.status: gives or OpenApiResponse(description=_("Done"))}
        for status in self._problems(operation):
            answers[status, MEDIA_TYPE] = OpenApiResponse(Problem, description=_("A problem (RFC 9457)"))
        return answers

    def _problems(self, operation: Any) -> list[int]:
        found = [400, 401, 404, 429, 503]
        if operation.scope is not None:
            found += [403]
        if self.method not in ("GET", "HEAD"):
            found += [409, 413, 415, 422]
        return sorted(found)
