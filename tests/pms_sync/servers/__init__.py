"""Servers that stand in for property-management systems, written from their descriptions."""
