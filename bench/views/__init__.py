"""What the views cost and give: `python -m bench views`."""
