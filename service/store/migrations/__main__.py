"""Writes the next migration: what is between the last one and the tables as they are declared."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from alembic import command

from service.store.engine import Store, migration_config


def main() -> None:
    """Write it into versions/, to be read and put right by a person."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store(f"sqlite:///{Path(folder)}/empty.db")
        store.upgrade()
        with store.engine.begin() as connection:
            config = migration_config(connection)
            number = len(list((Path(__file__).parent / "versions").glob("[0-9]*.py"))) + 1
            command.revision(config, " ".join(sys.argv[1:]), autogenerate=True, rev_id=f"{number:04}")
        store.close()


if __name__ == "__main__":
    main()
