"""Brands that we ask with the owner's permission: Minut and Netatmo."""
