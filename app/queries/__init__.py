"""What answers questions. Nouns: each reads through a port and shapes an answer by pure rules."""
