"""Will an enterprise that never had a loan fall 90 days behind within 12 months of its first? No history is read."""
