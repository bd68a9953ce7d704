"""Partners and sources, and the programs that speak for them or for the campaign."""
