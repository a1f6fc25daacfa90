"""Ready-made challenge sets, shared by all cities. Shipped as files in sets/, loaded by `load_library`."""
