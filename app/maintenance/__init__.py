"""Looking after the data: making views again, checking everything, telling where it is skewed."""
