"""A chain over the rows of a log: each hash covers its row and the hash before it, so that no row can be changed,
removed or slipped in without all later hashes telling.

It tells of a change by somebody who can write the file but does not write every later hash and the head anew; whoever
does that is found only by comparing the head with one noted elsewhere (a backup, a printed report).
"""

import hashlib
import json
from collections.abc import Sequence
from typing import NamedTuple

START = ""


class Head(NamedTuple):
    """Where a chain ends: the last row's id, how many rows there are, and the last row's hash."""

    through: int
    rows: int
    hash: str


def head(cursor, name: str) -> Head:
    """The end of the chain `event` or `audit`."""
    found = cursor.execute("select through, rows, hash from chain_head where name = ?", [name]).fetchone()
    return Head(*found) if found else Head(0, 0, START)


def advance(cursor, name: str, end: Head) -> None:
    """Note the new end of a chain, in the transaction that wrote the rows."""
    cursor.execute("update chain_head set through = ?, rows = ?, hash = ? where name = ?", [*end, name])


def link(previous: str, values: Sequence) -> str:
    """The hash of one row: 64 hexadecimal digits.

    :param previous: the hash of the row before, `START` for the first
    :param values: the row's columns in their order; times, numbers, texts or None
    """
    written = json.dumps([previous, *values], ensure_ascii=False, separators=(",", ":"), default=str)
    return hashlib.sha256(written.encode("utf-8", "surrogatepass")).hexdigest()
