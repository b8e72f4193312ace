"""Nouns, pure rules and legal moves. Knows no database, no network, no clock."""
