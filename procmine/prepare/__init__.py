"""Sort, encode, and say on every row what came next: the only engine-specific code."""
