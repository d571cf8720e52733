"""Who callers are: tokens of an OpenID Connect issuer, and those that developers make themselves."""
