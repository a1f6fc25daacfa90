"""What kept pages depend on, and services change (common.pagecache, common.db.concerns)."""

# Which proposals there are.
LISTS = "proposals"


def proposal_scope(pk: int) -> str:
    """A proposal: its counts, arguments and replies."""
    return f"proposal {pk}"
