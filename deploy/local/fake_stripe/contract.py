"""What may be asked, read from the types of the installed library of Stripe: there is no list of our own to keep.

Each service of the library (`stripe/_customer_service.py`) names, for every method, the verb, the address and the
class of the parameters, which it imports itself: two services may use the same name for different classes.
"""

import ast
import decimal
import importlib
import re
import sys
import types
import typing
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Literal, NotRequired, Required

import stripe
from stripe._request_options import RequestOptions

from deploy.local.fake_stripe.refusals import Refused, missing_parameter

LIBRARY = Path(stripe.__file__).parent
VERSION = stripe.api_version
NUMBERS: dict[Any, tuple[str, str]] = {
    int: (r"-?\d+", "integer"),
    float: (r"-?\d+(\.\d+)?", "decimal"),
    decimal.Decimal: (r"-?\d+(\.\d+)?", "decimal"),
    bool: (r"true|false", "boolean"),
}


@dataclass(frozen=True)
class Route:
    verb: str
    path: str
    module: str
    params: str | None

    @cached_property
    def fits(self) -> re.Pattern[str]:
        return re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", self.path))

    @cached_property
    def params_class(self) -> Any:
        if self.params is None:
            return None
        return getattr(importlib.import_module(_imports(self.module)[self.params]), self.params)


@cache
def routes() -> dict[tuple[str, str], Route]:
    """Every call of the first API that the library knows, by verb and address. The next one is not ours."""
    found = {}
    for file in LIBRARY.rglob("_*_service.py"):
        inside = file.relative_to(LIBRARY.parent)
        if "v2" not in inside.parts:
            for route in _routes_of(".".join(inside.with_suffix("").parts)):
                found[route.verb, route.path] = route
    return found


def check(route: Route, params: dict[str, Any]) -> dict[str, Any]:
    """The parameters, each made what its type says. Raises Refused, as Stripe does, for the first that is wrong."""
    if route.params_class is None:
        if params:
            raise _unknown(next(iter(params)))
        return {}
    read: dict[str, Any] = _hash(route.params_class, params, "")
    return read


# Reading the library


@cache
def _tree(module: str) -> ast.Module:
    return ast.parse((LIBRARY.parent / Path(*module.split("."))).with_suffix(".py").read_text())


@cache
def _imports(module: str) -> dict[str, str]:
    nodes = (node for node in ast.walk(_tree(module)) if isinstance(node, ast.ImportFrom) and node.module)
    return {each.name: str(node.module) for node in nodes for each in node.names}


def _routes_of(module: str) -> Iterator[Route]:
    for function in ast.walk(_tree(module)):
        if not isinstance(function, ast.FunctionDef):
            continue
        noted = [ast.unparse(a.annotation) for a in function.args.args if a.arg == "params" and a.annotation]
        named = re.search(r"'(\w+Params)'", noted[0]) if noted else None
        for call in ast.walk(function):
            if isinstance(call, ast.Call) and getattr(call.func, "attr", "") == "_request":
                verb, path = ast.literal_eval(call.args[0]), _text(call.args[1])
                if path:
                    yield Route(verb, path, module, named[1] if named else None)


def _text(node: ast.expr) -> str | None:
    """Of `"/v1/customers"` and of `"/v1/customers/{customer}".format(…)`."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        node = node.func.value
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


@cache
def _fields(params: Any) -> dict[str, tuple[Any, bool]]:
    """Of a TypedDict: each field's type, and whether it must be there."""
    options = RequestOptions.__annotations__
    names = {name: note for name, note in params.__annotations__.items() if name not in options}
    return {name: (_plain(note, params.__module__), name in params.__required_keys__) for name, note in names.items()}


def _plain(note: Any, module: str) -> Any:
    """A type without the words around it, its strings read in the module that wrote them."""
    while True:
        if isinstance(note, typing.ForwardRef):
            note = note.__forward_arg__
        elif isinstance(note, str):
            note = eval(note, vars(sys.modules[module]))
        elif typing.get_origin(note) in (NotRequired, Required, typing.NotRequired, typing.Required):
            note = typing.get_args(note)[0]
        else:
            return note


def _alternatives(note: Any, module: str) -> list[Any]:
    note = _plain(note, module)
    if typing.get_origin(note) in (typing.Union, types.UnionType):
        return [each for part in typing.get_args(note) for each in _alternatives(part, module)]
    return [note]


# Reading parameters


def _hash(params: Any, given: dict[str, Any], path: str) -> dict[str, Any]:
    fields, read = _fields(params), {}
    for name, value in given.items():
        if name not in fields:
            raise _unknown(_inside(path, name))
        read[name] = _value(_alternatives(fields[name][0], params.__module__), value, _inside(path, name), params)
    for name, (_note, required) in fields.items():
        if required and name not in given:
            raise missing_parameter(_inside(path, name))
    return read


def _value(kinds: list[Any], value: Any, path: str, owner: Any) -> Any:
    if isinstance(value, dict):
        return _nested(kinds, value, path, owner)
    if isinstance(value, list):
        for kind in kinds:
            if typing.get_origin(kind) is list:
                inner = _alternatives(typing.get_args(kind)[0], owner.__module__)
                return [_value(inner, each, f"{path}[{index}]", owner) for index, each in enumerate(value)]
        raise Refused("Invalid array", param=path)
    return _scalar(kinds, str(value), path)


def _nested(kinds: list[Any], value: dict[str, Any], path: str, owner: Any) -> Any:
    for kind in kinds:
        if typing.is_typeddict(kind) or hasattr(kind, "__total__"):
            return _hash(kind, value, path)
        if typing.get_origin(kind) is dict:
            return {str(name): str(each) for name, each in value.items()}
        if typing.get_origin(kind) is list:
            numbered = [value[each] for each in sorted(value, key=int)] if all(k.isdigit() for k in value) else None
            if numbered is not None:
                return _value([kind], numbered, path, owner)
    raise Refused("Invalid object", param=path)


def _scalar(kinds: list[Any], value: str, path: str) -> Any:
    words = [word for kind in kinds if _is_literal(kind) for word in typing.get_args(kind)]
    if value in words:
        return value
    expected = "string"
    for kind, (pattern, name) in NUMBERS.items():
        if kind in kinds:
            if re.fullmatch(pattern, value):
                return value == "true" if kind is bool else kind(value)
            expected = name
    if expected != "string":
        raise Refused(f"Invalid {expected}: {value}", code=f"parameter_invalid_{expected}", param=path)
    if any(words):
        # The library lets any text pass beside the known words; the service does not.
        raise Refused(f"Invalid {path}: must be one of {', '.join(word for word in words if word)}", param=path)
    if str not in kinds:
        raise Refused(f"Invalid value for {path}", param=path)
    if value == "":
        said = f"You passed an empty string for '{path}'. We assume empty values are an attempt to unset a parameter"
        raise Refused(f"{said}; however '{path}' cannot be unset.", code="parameter_invalid_empty", param=path)
    return value


def _is_literal(kind: Any) -> bool:
    return typing.get_origin(kind) in (Literal, typing.Literal)


def _inside(path: str, name: str) -> str:
    return f"{path}[{name}]" if path else name


def _unknown(path: str) -> Refused:
    return Refused(f"Received unknown parameter: {path}", code="parameter_unknown", param=path)
