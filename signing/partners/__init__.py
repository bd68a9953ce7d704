"""Who carries our letters: partners, their arrangement and origins, codes of the campaign's own."""
