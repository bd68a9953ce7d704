"""What needs a person's eye: screened signatures, reported names, objections."""
