"""Working on a proposal with others: answering arguments, new versions, co-authors, bringing proposals together."""
