"""Any filtered list of cases as a file: what stands in it, how it is written, and the work while somebody waits."""

from .files import FORMATS, TooLong
from .jobs import Export, Exports
from .question import COLUMNS, PERSONAL, REASON_LENGTH, count, may_export, may_export_identities

__all__ = [
    "COLUMNS",
    "FORMATS",
    "PERSONAL",
    "REASON_LENGTH",
    "Export",
    "Exports",
    "TooLong",
    "count",
    "may_export",
    "may_export_identities",
]
