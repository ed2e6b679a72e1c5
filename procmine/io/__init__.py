"""Readers: one file per format, all giving raw events under the source's own names."""
