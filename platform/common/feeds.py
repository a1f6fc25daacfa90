"""Feeds that readers and other sites follow: Atom (RFC 4287)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from django.http import HttpResponse
from django.utils.feedgenerator import Atom1Feed
from django.utils.http import quote_etag

from common.db import connection
from common.requests import Request

ENTRIES_MAX = 50
# Signs that no XML has.
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class Entry:
    """`name`: what it is called in its city, for good. `html`: what it says, as safe HTML."""

    name: str
    title: str
    url: str
    published: datetime
    updated: datetime
    html: str
    author: str = ""
    category: str = ""


class _Feed(Atom1Feed):
    """Without entries it is as old as what it is about."""

    def latest_post_date(self) -> datetime:
        found: list[datetime] = [each["updateddate"] for each in self.items]
        return max(found, default=self.feed["since"])


def id_of(name: str) -> str:
    """The same whatever address the city has: a reader who has it already is not shown it again."""
    return uuid5(NAMESPACE_URL, f"{connection.schema_name}/{name}").urn


def atom(request: Request, *, title: str, about: str, url: str, since: datetime, entries: Sequence[Entry]) -> Any:
    """`url`: the page of which it is the feed. The address of the request is its own."""
    city = request.tenant.url.rstrip("/")
    feed = _Feed(
        title=_clean(f"{title} · {request.tenant.name}"),
        link=f"{city}{url}",
        description=_clean(about),
        language="fr",
        author_name=_clean(request.tenant.name),
        feed_url=f"{city}{request.path}",
        feed_guid=id_of(request.path),
        since=since,
    )
    for each in entries:
        feed.add_item(
            title=_clean(each.title),
            link=f"{city}{each.url}",
            description=_clean(each.html),
            author_name=_clean(each.author) or None,
            unique_id=id_of(each.name),
            pubdate=each.published,
            updateddate=each.updated,
            categories=[_clean(each.category)] if each.category else [],
        )
    return polled(feed.writeString("utf-8").encode(), "application/atom+xml; charset=utf-8")


def polled(content: bytes, content_type: str) -> HttpResponse:
    """What programs ask for again and again, with a mark of what it says: who has it already is told so (304)."""
    mark = quote_etag(blake2b(content, digest_size=16).hexdigest())
    return HttpResponse(content, content_type=content_type, headers={"ETag": mark})


def _clean(text: str) -> str:
    return _NO_XML.sub("", str(text))
