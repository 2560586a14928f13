"""How the tables came to be what they are, step by step, by Alembic.

A new step, after a change of `service.store.tables`:

    python -m service.store.migrations "what it changes"
"""
