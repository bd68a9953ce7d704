"""The first page: the letters a member sees, and what waits there."""
