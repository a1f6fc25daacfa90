"""Writing the library: the sets that come with the software, and those that operators write."""
