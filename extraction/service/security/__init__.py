"""Who may do what. Endpoints take a person by one of the dependencies `Viewer`, `Reviewer` and `Admin`.

A stand-in until accounts are there: everybody is the local admin.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from extraction.service.security.roles import Person, Role


def viewer() -> Person:
    """Somebody who may look and export."""
    return Person(0, "local", Role.ADMIN, "local")


def reviewer() -> Person:
    """Somebody who may also upload and review."""
    return viewer()


def admin() -> Person:
    """Somebody who may also delete, train and promote."""
    return viewer()


Viewer = Annotated[Person, Depends(viewer)]
Reviewer = Annotated[Person, Depends(reviewer)]
Admin = Annotated[Person, Depends(admin)]
