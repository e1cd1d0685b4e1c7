"""Monthly statements: what an institution owes, traceable to its calls, agreed with its own books, signed by both."""
