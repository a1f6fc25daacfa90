"""Notices on the site and by mail. The engine: apps say what there is to notify people of, in their `notices`."""
