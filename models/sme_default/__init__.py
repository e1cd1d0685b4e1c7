"""Will a small enterprise fall 90 days behind within 12 months of a loan? Learnt from the city's loan feedback."""
