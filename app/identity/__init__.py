"""Finding out who a caller is: JSON Web Tokens of an OpenID Connect issuer, and of a developer's own key."""
