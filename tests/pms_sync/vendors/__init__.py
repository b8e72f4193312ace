"""What is peculiar to each connector."""
