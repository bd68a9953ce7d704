"""The ground: used by all, knows nobody."""
