"""Capacity on paper: what the headline needs of DynamoDB, of tasks and of the stream, computed and simulated."""
