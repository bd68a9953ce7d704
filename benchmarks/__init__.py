"""How fast and how big, printed as ratios of one run; nothing here asserts a time."""
