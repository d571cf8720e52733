"""From the facts table's stream to the projections: one handler, fed by a poller or by AWS Lambda."""
