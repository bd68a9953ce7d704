"""Who works here: members, their roles, how they prove who they are, and their sessions."""
