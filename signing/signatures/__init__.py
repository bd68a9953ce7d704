"""Who signed: declaration, sign, confirm, correct, withdraw, retention."""
