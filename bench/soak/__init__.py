"""Much work for minutes, and whether the service holds more and more: `python -m bench soak`."""
