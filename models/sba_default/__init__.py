"""Is a guaranteed small-business loan charged off in the end? Learnt from real US loans."""
