"""Real VAT invoices of small enterprises with a bank's verdicts, turned into feed deliveries.

The files are the problem data of the China Undergraduate Mathematical Contest in Modeling 2020 (C), as Parquet.
"""
