"""Phone networks behind the telephony port: one file or folder each, one registry line."""
