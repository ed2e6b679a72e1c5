"""Object-centric logs (OCEL 2.0): read from JSON, XML and SQLite, flattened on a type of object."""

from procmine.io.ocel.read import read_ocel

__all__ = ["read_ocel"]
