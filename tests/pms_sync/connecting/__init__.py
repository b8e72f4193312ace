"""Making connections, by typed credentials and by sign-in."""
