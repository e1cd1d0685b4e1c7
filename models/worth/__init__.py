"""What each feed is worth to a question: an event study around default, and models with and without the feed."""
