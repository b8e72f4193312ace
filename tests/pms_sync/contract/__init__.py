"""What every connector must do, tried over real HTTP against a server of its own."""
