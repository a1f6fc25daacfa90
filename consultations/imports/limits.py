"""How often files are sent and imports are made (common.limits)."""

from common.limits import Limit

# A worker reads them for seconds, or minutes.
IMPORT_FILES = Limit("import_files", "20/h/key", "100/h/network")
IMPORT_PRESSES = Limit("import_presses", "60/10m/key", "600/10m/network")
