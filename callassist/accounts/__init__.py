"""Accounts, people, desks, homes, connections, and what happens to guests' data."""
