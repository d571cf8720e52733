"""A DynamoDB that answers at once: what is asked again comes from memory, so that only the asker's cost is left."""
