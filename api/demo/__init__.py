"""The demonstration: the whole way once, on a real home, through the real commands' functions and the real server."""
