"""Work too long for a request: noted in the transaction that asks for it, done by the worker."""
