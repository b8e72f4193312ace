"""Twilio, and providers that speak its language. Its SDK is read only where this is chosen."""
