"""Our way of fitting beside others' on real outcomes: loans, invoices and the classic public sets."""
