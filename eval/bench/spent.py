"""Processor time and memory of this process."""

from __future__ import annotations

import resource
from pathlib import Path


def processor_seconds() -> float:
    """Return processor seconds of this process and of its ended child processes."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(u.ru_utime + u.ru_stime for u in used)


def memory() -> tuple[float, float]:
    """Return the resident memory of this process in MB, and its peak (child processes not counted)."""
    status = Path("/proc/self/status")
    if not status.is_file():
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        return peak, peak
    # Linux keeps a parent's peak in getrusage, but not here.
    named = dict(line.split(":", 1) for line in status.read_text(encoding="ascii").splitlines())
    held, peak = (float(named[name].split()[0]) / 1024 for name in ("VmRSS", "VmHWM"))
    return held, peak
