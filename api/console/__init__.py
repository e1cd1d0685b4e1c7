"""The people's side of the API: sign in, see usage. Pages only; every number comes from the ledger's queries."""
