"""What an institution may call and what it costs: price models, terms, and who agreed to them."""
