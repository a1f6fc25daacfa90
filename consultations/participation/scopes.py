"""What kept pages depend on, and services change (common.pagecache, common.db.concerns)."""

# Which proposals there are.
LISTS = "proposals"


def proposal_scope(pk: int) -> str:
    """A proposal: its arguments and replies, their counts, and all of it that is not said below."""
    return f"proposal {pk}"


def reactions_scope(pk: int) -> str:
    """The counts of its reactions: what many change on an evening, and its page shows in one place."""
    return f"reactions {pk}"


def shown_scopes(pk: int) -> tuple[str, str]:
    """For whatever shows a proposal with its counts."""
    return proposal_scope(pk), reactions_scope(pk)
