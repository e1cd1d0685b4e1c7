"""How does an enterprise keep to its taxes, and what does that alone say of a loan? Tax feeds only."""
