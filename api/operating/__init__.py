"""What whoever operates a server sees of it: logs, traces, measures, and whether it is ready. Nobody is named there."""
