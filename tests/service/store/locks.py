"""Waiting for a lock of PostgreSQL."""

from __future__ import annotations

import threading

import sqlalchemy as sa

from service.store.engine import Store


def wait_until_held_up(store: Store, thread: threading.Thread) -> None:
    """Until a thread waits for a lock of the database, or has ended."""
    waiting = sa.text(
        "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
    )
    while thread.is_alive():
        with store.reading() as session:
            if session.scalar(waiting):
                return
        thread.join(0.05)
