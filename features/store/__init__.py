"""What others ask features for: the whole city, a training set, one live enterprise, and the records behind a value."""
