"""Whether feeds come as promised and features look as they did: measured each day, kept as files under `health/`."""
