"""Signing up by the pages: what the tests of it, and of what follows, have in common."""

import re
from datetime import timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from common.models import OutboxMessage

KEY = re.compile(r"/inscription/([0-9a-f-]{36})/")
CODES = ["ecologie", "travail", "citoyennete", "solidarite", "sante", "societe"]
YOU = {
    "contact_name": "Camille Martin",
    "contact_role": "Directrice générale des services",
    "email": "dgs@ville-ingre.fr",
    "terms": "on",
}
CHALLENGES = {
    "order": ",".join(CODES),
    **{f"take-{code}": "on" for code in CODES},
    **{f"question-{code}": f"Comment faire avancer {code} ici ?" for code in CODES},
}
PLATFORM = {
    "slug": "ingre",
    "title": "Ingré, le jour d’après",
    "colour": "#2f5fb3",
    "opens_on": (timezone.localdate() + timedelta(days=20)).isoformat(),
    "closes_on": (timezone.localdate() + timedelta(days=50)).isoformat(),
}


def begin(client: Client, authority: str = "COMMUNE-45169") -> str:
    """The key of a new sign-up."""
    found = KEY.search(client.post("/inscription/", {"collectivite": authority}).headers["Location"])
    assert found
    return found[1]


def answer(client: Client, key: str, *, you: Any = None, challenges: Any = None, platform: Any = None) -> None:
    for page, answers in (("vous", {**YOU, **(you or {})}), ("defis", {**CHALLENGES, **(challenges or {})}),
                          ("plateforme", {**PLATFORM, **(platform or {})})):  # fmt: skip
        response = client.post(f"/inscription/{key}/{page}/", answers)
        assert response.status_code == 302, response.content.decode()


def sign_up(client: Client, **platform: str) -> str:
    """All five steps; the key."""
    key = begin(client)
    answer(client, key, platform=platform)
    assert client.post(f"/inscription/{key}/depart/").status_code == 302
    return key


def link(path: str = "confirmer") -> str:
    body = OutboxMessage.objects.order_by("-created_at")[0].payload["body"]
    found = re.search(rf"http://territoires.localhost(/inscription/{path}/\S+)", body)
    assert found
    return found[1]
