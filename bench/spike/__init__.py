"""Ten times as many requests as usual, for some seconds: `python -m bench spike`."""
