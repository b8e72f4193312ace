"""Protocols of the outside world. Adapters implement them; bootstrap alone names adapters."""
