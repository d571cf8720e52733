"""What changes facts. Verbs: each loads what it needs, decides by a pure rule, and appends."""
