"""Alembic runs this: the migrations, over the connection that it is given."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context

from service.store.tables import Base, Instant


def _render(kind: str, item: Any, _: Any) -> str | Literal[False]:
    """In migrations our own types are SQLAlchemy's: they must not change with our code."""
    if kind == "type" and isinstance(item, Instant):
        return "sa.DateTime(timezone=True)"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_item=_render,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
