"""Writing the library: the sets that come with the software, and those that operators write."""

from consultations.library.services.shipping import load_set, load_shipped_sets

__all__ = ["load_set", "load_shipped_sets"]
