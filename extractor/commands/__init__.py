"""The commands of ``chitieu``, by what they are for; each imports what it uses when it is called."""
