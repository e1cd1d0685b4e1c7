"""The closed algebra a feature is written in, and its executions. A new execution is one module and one `Engine`."""
