"""News of a letter: posts on its page, and broadcasts to those who asked for them."""
