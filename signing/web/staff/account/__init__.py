"""Coming in and one's own account: invitations, signing in, second factors, sessions."""
