"""The synthetic city: enterprises, their records and their loans, generated forward in time from a latent state."""
