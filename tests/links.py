"""A link of a mail, as people use it: opening it leads to a page at a clean address, whose button acts."""

from typing import Any

from django.test import Client


def open_link(client: Client, link: str) -> Any:
    """The page that the link leads to."""
    return client.get(client.get(link).headers["Location"])


def press_link(client: Client, link: str, **kwargs: Any) -> Any:
    """The answer to the button of that page."""
    return client.post(client.get(link).headers["Location"], **kwargs)
