"""Carrying signatures out: asked for, agreed to, fetched, and the delivery's paper."""
