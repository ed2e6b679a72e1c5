"""Rewrites the log that is kept in `sample_logs`."""

from pathlib import Path

from . import write

if __name__ == "__main__":
    write(Path(__file__).resolve().parents[1])
