"""Files that show what a report or a claim for relief says: attached, hashed, read, withdrawn, expired."""
