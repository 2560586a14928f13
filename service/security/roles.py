"""Who may do what: three roles, each of which may do all that the one before may."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal


class Role(StrEnum):
    """A viewer looks and exports, a reviewer also uploads and reviews, an admin also deletes, trains and promotes."""

    VIEWER = "viewer"
    REVIEWER = "reviewer"
    ADMIN = "admin"

    def covers(self, wanted: Role) -> bool:
        """Whether who has this role may do what `wanted` may."""
        order = list(Role)
        return order.index(self) >= order.index(wanted)


By = Literal["local", "session", "token"]


@dataclass(frozen=True, slots=True)
class Person:
    """Who makes a request, and how that is known: by being at this machine, by a session's cookie, by a token.

    `csrf` is what forms and scripts of a session send back with every change, "" where there is no session.
    """

    id: int
    name: str
    role: Role
    by: By
    csrf: str = ""
