"""DynamoDB behind the ports. The only package that knows keys, wire forms and the client."""
