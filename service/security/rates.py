"""How often somebody may do something: a bucket of tries for each, which fills again with time."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock

_KEPT = 50_000  # buckets; beyond that the ones unused for longest are forgotten, which are full again by then


@dataclass(frozen=True, slots=True)
class Rate:
    """So many at once, and so many a second in the long run."""

    burst: int
    per_second: float


class Limiter:
    """Counts for one kind of request, in this process. Safe with threads."""

    def __init__(self, rate: Rate, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate, self._clock, self._lock = rate, clock, Lock()
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()  # who -> tries left, at what time

    def wait(self, who: str) -> int:
        """Take a try: 0 where there was one left, else the seconds until there is."""
        now = self._clock()
        with self._lock:
            left, since = self._buckets.pop(who, (float(self._rate.burst), now))
            left = min(self._rate.burst, left + (now - since) * self._rate.per_second)
            allowed = left >= 1
            self._buckets[who] = (left - 1 if allowed else left), now
            while len(self._buckets) > _KEPT:
                self._buckets.popitem(last=False)
        return 0 if allowed else math.ceil((1 - left) / self._rate.per_second)

    def forgive(self, who: str) -> None:
        """Give all tries back, after a login that was right."""
        with self._lock:
            self._buckets.pop(who, None)


@dataclass(frozen=True, slots=True)
class Limits:
    """What a service counts: tries to log in by name and by address, and tokens and session ids that are none."""

    logins_of: Limiter = field(default_factory=lambda: Limiter(Rate(8, 1 / 30)))
    logins_from: Limiter = field(default_factory=lambda: Limiter(Rate(20, 1 / 10)))
    guesses_from: Limiter = field(default_factory=lambda: Limiter(Rate(30, 1 / 2)))
