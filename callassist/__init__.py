"""Call Assist: when noise in a rental home persists, a person phones the guest."""

__version__ = "0.1.0"
