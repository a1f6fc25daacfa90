"""Signatures as Standard Webhooks has them (standardwebhooks.com, version 1): by HMAC-SHA256, in base64."""

import base64
import hashlib
import hmac
import secrets

_PREFIX = "whsec_"


def new_secret() -> str:
    return _PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def signatures(keys: list[str], *, message_id: str, timestamp: int, body: str) -> str:
    """The header: one for each secret, between spaces."""
    signed = f"{message_id}.{timestamp}.{body}".encode()
    return " ".join(f"v1,{_signature(each, signed)}" for each in keys)


def _signature(secret: str, signed: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(_PREFIX))
    return base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
