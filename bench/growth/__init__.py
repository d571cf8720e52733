"""What a request costs by how much there is, how it is spread, how much is asked for, and how many ask: `python -m
bench growth`."""
