"""How often operators may do what costs (common.limits)."""

from common.limits import Limit

TRIES = Limit("lexicon_tries", "120/h/key")
VERSIONS = Limit("lexicon_versions", "30/h/key")
