"""One answer about one enterprise: a result, its reasons, and the records they came from."""
