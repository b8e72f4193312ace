"""Stand-ins for brands' clouds, written from what is known of them, not from our adapters."""
