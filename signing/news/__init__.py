"""What a campaign has to tell: posts on the letter's page, mailed to those who asked for it."""
