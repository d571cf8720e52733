"""Importing files: how a row becomes a purchase, and how a file of them goes to the service."""
