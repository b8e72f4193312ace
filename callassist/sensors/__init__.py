"""Brands of sensors: one file each, one line in `registry`, one example payload in the tests."""
