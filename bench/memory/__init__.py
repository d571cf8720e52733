"""How much memory a service takes while a very long batch streams through it: `python -m bench memory`."""
