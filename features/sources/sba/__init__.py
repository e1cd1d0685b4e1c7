"""Real guaranteed small-business loans of the US, with their charge-offs, turned into feed deliveries.

The files are parts of the public SBAnational data (Li, Mickel and Taylor 2018), as Parquet. The subject is the loan.
"""
