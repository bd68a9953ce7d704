"""Signatures from paper and elsewhere: lists brought in, sheets typed in, figures of allies."""
