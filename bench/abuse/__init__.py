"""What others' slow, oversized and malformed requests do to an honest client: `python -m bench abuse`."""
