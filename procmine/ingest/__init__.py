"""From a source to accepted events, those set aside, and the account of both."""

from procmine.ingest.outcome import Ingested, SourceInfo
from procmine.ingest.run import ingest

__all__ = ["Ingested", "SourceInfo", "ingest"]
