"""Reports: one self-contained page for people who weren't there when the log was asked."""
