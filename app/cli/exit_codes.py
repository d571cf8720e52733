"""What the program's end says."""

EX_CONFIG = 78
"""A setting is missing or wrong; the number is that of sysexits.h, which not every system's `os` has."""
