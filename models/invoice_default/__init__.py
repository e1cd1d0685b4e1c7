"""Does a firm default, judged by its VAT invoices alone? Learnt from a bank's undated verdicts."""
