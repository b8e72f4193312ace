"""Settings of the service: one frozen dataclass per group, checked once at the start."""
