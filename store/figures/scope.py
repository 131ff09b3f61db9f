"""What a figure is asked of: a period, filters, and whose eyes it is for."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from .. import access
from ..rules.deadline import from_jakarta
from ..rules.workflow import Actor


def _chosen(column: str, given: str) -> str:
    # Without `coalesce`, DuckDB looks once at each value that a block of rows has, not at each row.
    listed = f"${given}::varchar[]"
    null = f"c.{column} is null and list_contains({listed}, '-')"
    return f"(len({listed}) = 0 or list_contains({listed}, c.{column}) or ({null}))"


# By what of a scope narrows them, the rows of `complaint` that it leaves, whatever the period; under the name c.
_NARROWED = {
    "visible": "($visible::varchar is null or regexp_matches(c.departments, $visible::varchar))",
    "department": "($department::varchar is null or regexp_matches(c.departments, $department::varchar))",
    "categories": _chosen("category", "categories"),
    "kelurahan": _chosen("kelurahan", "kelurahan"),
    "channels": _chosen("channel", "channels"),
    "open_only": "not ($open_only and c.confidential)",
}
# All of it, for a question whatever its scope.
ROWS = " and ".join(_NARROWED.values())


@dataclass(frozen=True)
class Scope:
    """Days are Jakarta's, both included; empty filters leave everything.

    `kelurahan` are codes (a kecamatan is the codes of its kelurahan); "-" there or in `categories` are those without
    one; `without_confidential` leaves those cases out.
    """

    viewer: Actor
    since: date
    until: date
    departments: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    kelurahan: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    without_confidential: bool = False

    @property
    def params(self) -> dict:
        """What `ROWS` binds, and the period as `since` (included) and `until` (not included), naive UTC."""
        return {
            "visible": access.visible(self.viewer),
            "department": access.named(self.departments) if self.departments else None,
            "categories": list(self.categories),
            "kelurahan": list(self.kelurahan),
            "channels": list(self.channels),
            "open_only": self.without_confidential,
            "since": start_of(self.since),
            "until": start_of(self.until + timedelta(days=1)),
        }

    @property
    def rows(self) -> str:
        """`ROWS` with only what narrows this scope: less for DuckDB to plan, which takes longer than small answers."""
        given = self.params
        return " and ".join(text for name, text in _NARROWED.items() if given[name] or given[name] == "") or "true"


def start_of(day: date) -> datetime:
    """The first moment of a Jakarta day, naive UTC."""
    return from_jakarta(datetime(day.year, day.month, day.day))
