"""What staff did, to be read: the log of all letters, and one letter's history."""
