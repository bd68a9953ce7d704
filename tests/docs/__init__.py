"""The README and `docs/`: what they print is run, what they say is compared with the code."""
