"""The database backend: a city's role and search path, taken together."""
