"""What kept pages depend on, and services change (common.pagecache, common.db.concerns)."""

# The figures of the city's consultations.
FIGURES = "figures"
