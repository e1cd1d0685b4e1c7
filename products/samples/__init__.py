"""Sample enterprises: declared records by which a bank tries every answer out, read and scored as real ones are."""
