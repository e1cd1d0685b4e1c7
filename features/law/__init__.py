"""The law as dated, tested rules: until when a record may be used, by the rules in force on the day of use."""
