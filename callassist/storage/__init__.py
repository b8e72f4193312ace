"""The database: engine, sessions, hints to the loops, the vault, and the service's own facts."""
