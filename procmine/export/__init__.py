"""A prepared log in the formats that other tools read: XES, and OCEL 2.0 in its three forms."""

from procmine.export.write import ENDINGS, is_export, write_export

__all__ = ["ENDINGS", "is_export", "write_export"]
