"""One letter at a glance: figures, charts, what waits for a person."""
