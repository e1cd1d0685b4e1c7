"""Whether a model's reasons are sound: stable when it is trained again, and true in the city that made its records."""
