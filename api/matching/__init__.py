"""The loan market: banks' loan products, firms' needs, the matches between them and what became of them."""
