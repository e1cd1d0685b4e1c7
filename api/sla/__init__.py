"""Service levels: a month's answers measured on the billed rows, and the credit notes that misses propose.

The promises are terms of the contract version in force when the month ends (`api.contracts.service_levels`).
"""
