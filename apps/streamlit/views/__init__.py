"""One page, one file; a page asks, and shows what it is answered."""
