"""The three roles, each of which includes the one before."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal


class Role(StrEnum):
    """A viewer reads and exports, a reviewer also uploads and reviews, an admin also deletes, trains and promotes."""

    VIEWER = "viewer"
    REVIEWER = "reviewer"
    ADMIN = "admin"

    def covers(self, wanted: Role) -> bool:
        """Whether this role includes `wanted`."""
        order = list(Role)
        return order.index(self) >= order.index(wanted)


By = Literal["local", "session", "token"]


@dataclass(frozen=True, slots=True)
class Person:
    """The person who makes a request, known by being at this machine, by a session's cookie, or by a token.

    `csrf` is the token that forms and scripts of a session send with every change, "" without a session.
    """

    id: int
    name: str
    role: Role
    by: By
    csrf: str = ""
