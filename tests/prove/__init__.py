"""Long proofs, run by hand (`scripts/prove`); each prints its figures and PASS or FAIL."""
