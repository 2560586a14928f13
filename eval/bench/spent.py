"""What this process has taken so far: processor time and memory."""

from __future__ import annotations

import resource
from pathlib import Path


def processor_seconds() -> float:
    """Of this process and of the child processes that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(u.ru_utime + u.ru_stime for u in used)


def memory() -> tuple[float, float]:
    """MB that this process holds, and the most that it has held (its child processes not counted)."""
    status = Path("/proc/self/status")
    if not status.is_file():
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        return peak, peak
    # Linux keeps a parent's peak in getrusage, but not here.
    named = dict(line.split(":", 1) for line in status.read_text(encoding="ascii").splitlines())
    held, peak = (float(named[name].split()[0]) / 1024 for name in ("VmRSS", "VmHWM"))
    return held, peak
