"""Many files: what is done, what failed, and progress."""
