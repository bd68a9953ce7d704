"""The demo's own page; hung only into the demo, which listens on loopback alone."""
