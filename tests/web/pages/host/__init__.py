"""The host's pages about homes."""
