"""The `callassist` command."""
