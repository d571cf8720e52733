"""Encryption for the vault, on the library `cryptography`."""
