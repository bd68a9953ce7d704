"""Signatures brought from paper or other platforms: a table and a figure of their own."""
