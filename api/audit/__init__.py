"""The audit log: every usage line of the ledger chained, in a Merkle tree whose roots are signed and handed out.

There is one chain over all writers, not one a writer. Whatever appends to the ledger, in whichever process, does so in
an exclusive transaction (`api.metering.exclusive`): leaves are dense from 0, each follows from all before it, and
nobody can leave out one writer's part of the history.
"""
