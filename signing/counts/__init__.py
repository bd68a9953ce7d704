"""How many: a ledger of changes, tallies it is rolled up into, and their reconciliation."""
