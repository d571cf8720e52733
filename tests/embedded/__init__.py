"""The embedded DynamoDB Local: fetched once, never left behind."""
