"""Rate limits by token buckets in memory, one for each key (an address, a user name).

Written here because `limits` has windows but no token bucket, and an unbounded store in memory.
"""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock

_MAX_BUCKETS = 50_000  # beyond that the least recently used ones are dropped: they are full again by then


@dataclass(frozen=True, slots=True)
class Rate:
    """The size of a bucket, and how many tokens it regains in a second."""

    burst: int
    per_second: float


class Limiter:
    """Token buckets for one kind of request, in this process. Thread-safe."""

    def __init__(self, rate: Rate, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate, self._clock, self._lock = rate, clock, Lock()
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()  # key -> tokens left, as of when

    def wait(self, key: str) -> int:
        """Take a token: 0 if there was one, else the seconds until there is."""
        now = self._clock()
        with self._lock:
            left, since = self._buckets.pop(key, (float(self._rate.burst), now))
            left = min(self._rate.burst, left + (now - since) * self._rate.per_second)
            allowed = left >= 1
            self._buckets[key] = (left - 1 if allowed else left), now
            while len(self._buckets) > _MAX_BUCKETS:
                self._buckets.popitem(last=False)
        return 0 if allowed else math.ceil((1 - left) / self._rate.per_second)

    def reset(self, key: str) -> None:
        """Refill a bucket, after a successful login."""
        with self._lock:
            self._buckets.pop(key, None)


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of a service: logins by user name and by address, and invalid tokens or session ids by address."""

    logins_of: Limiter = field(default_factory=lambda: Limiter(Rate(8, 1 / 30)))
    logins_from: Limiter = field(default_factory=lambda: Limiter(Rate(20, 1 / 10)))
    guesses_from: Limiter = field(default_factory=lambda: Limiter(Rate(30, 1 / 2)))
