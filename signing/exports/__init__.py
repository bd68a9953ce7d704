"""What may be carried out: confirmed signatures as rows, and their file formats."""
