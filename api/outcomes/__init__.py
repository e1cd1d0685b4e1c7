"""What a bank did after a decision of the platform, and how the loan went."""
