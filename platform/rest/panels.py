"""On one's account: the keys that one has made."""

from common.panels import static_panel

static_panel("account.ways", "rest/resident/_account_way.html", order=20)
