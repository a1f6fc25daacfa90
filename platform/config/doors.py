"""What pages may load, and how the API answers (settings)."""

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],  # the QR code of a second factor is a data: image
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}

# Who asks and how often is said by the middleware of `rest`, for all that stands there.
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest.reading.ByKey"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest.reading.Json"],
    "DEFAULT_SCHEMA_CLASS": "rest.schema.HouseSchema",
    "EXCEPTION_HANDLER": "rest.views.said",
}
SPECTACULAR_SETTINGS = {
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "ENUM_ADD_EXPLICIT_BLANK_NULL_CHOICE": False,
    "COMPONENT_SPLIT_REQUEST": False,
    "SORT_OPERATIONS": True,
    "POSTPROCESSING_HOOKS": [],  # choices stand where they are made: several nouns have a kind, or a state
}
