"""Land a delivery, quarantine what breaks its contract, read what was known as of a day."""
