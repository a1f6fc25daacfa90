"""How much memory a process has needed."""

import resource
import sys
from pathlib import Path


def most_memory() -> float:
    """Of this process since it began, in megabytes. Linux's `ru_maxrss` would count what its parent had, too."""
    status = Path("/proc/self/status")
    if status.exists():
        (line,) = (each for each in status.read_text().splitlines() if each.startswith("VmHWM:"))
        return int(line.split()[1]) / 1024
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return used / (1024**2 if sys.platform == "darwin" else 1024)
