"""Signatures: found, looked at, decided on, one or many."""
