"""Where the service's CPU time goes, by package: `python -m bench profile`."""
