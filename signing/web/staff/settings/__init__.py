"""How a letter is set up: its page, its form, its wordings, its state."""
