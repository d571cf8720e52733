"""How fast the service is, measured beside the bare DynamoDB Local doing the same reads and writes without it."""
