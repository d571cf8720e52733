"""Measures the ledger: what a call costs with a short and with a long history, and how large entries are."""
