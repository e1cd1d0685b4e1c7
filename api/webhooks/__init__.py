"""Webhooks: what happened is sent to who wants to know, signed, until it arrives. The outbox is the table `event`."""
