"""Pure rules: no I/O, no clock, no third-party import. Amounts are integers in the smallest unit."""
