"""Where one says how much mail one wants, on the page of one's account (common.panels)."""

from common.panels import static_panel

static_panel("account.ways", "notifications/resident/_account_way.html", order=10)
