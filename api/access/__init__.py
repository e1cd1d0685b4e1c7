"""Who may call: institutions, their clients and contracts, enterprises' consents, tokens."""
