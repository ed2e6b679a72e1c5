"""Models of a process: discovered from variants, compared with variants, never with events."""
