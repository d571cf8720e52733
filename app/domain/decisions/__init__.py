"""What may follow the newest entry of an account: pure functions from entry and command to entries, or a refusal.

Every command first books what has expired up to its own moment, each expiry dated to its own instant, so that an open
lot in an entry is always one that counts at that moment.
"""
