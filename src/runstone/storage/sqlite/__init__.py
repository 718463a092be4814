"""Everything in one SQLite file: catalog, journal and sealed history."""
