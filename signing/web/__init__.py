"""The doors that speak HTTP, and what they share. Doors do not import each other."""
