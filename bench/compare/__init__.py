"""The service beside other ways to write it, each on one core: `python -m bench compare`."""
