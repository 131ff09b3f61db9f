"""The one clock: UTC without zone for what is stored, Jakarta for what people call today."""

from datetime import UTC, date, datetime

from .rules.deadline import to_jakarta


def now() -> datetime:
    """This moment, naive UTC."""
    return datetime.now(UTC).replace(tzinfo=None)


def today() -> date:
    """Today in Jakarta."""
    return to_jakarta(now()).date()
