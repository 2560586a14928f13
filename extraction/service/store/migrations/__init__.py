"""How the tables came to be what they are, step by step, by Alembic.

A new step, after a change of `extraction.service.store.tables`:

    python -m extraction.service.store.migrations "what it changes"
"""
