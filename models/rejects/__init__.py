"""What a model that learns from granted loans alone says of those a bank refused, and what helps; asked of a city."""
