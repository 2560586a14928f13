"""What the service remembers: tables, the engine under them, migrations, and a module of queries for each noun."""
