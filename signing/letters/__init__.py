"""What is signed: letters, translations, revisions, wordings, folders of Markdown."""
