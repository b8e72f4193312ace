"""Reports: what happened at one home in one night, as JSON, HTML and tagged PDF."""
