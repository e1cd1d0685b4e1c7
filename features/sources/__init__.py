"""Who delivers: each source writes feed deliveries that the lake cannot tell from another's."""
