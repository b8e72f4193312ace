"""Decides and does: incidents, call tasks, offers, dialling exactly once."""
