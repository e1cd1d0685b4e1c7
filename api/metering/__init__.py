"""Money and evidence: one transaction stores the answer, its charge and its audit leaf."""
