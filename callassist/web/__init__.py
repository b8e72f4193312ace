"""What speaks HTTP: hooks, the REST interface and the pages."""
