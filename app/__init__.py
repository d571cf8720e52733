"""Card kickbacks: purchases, a points ledger and rankings on DynamoDB."""
