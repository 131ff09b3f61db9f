"""Quiet hours: when nobody is woken by a message that can wait."""

from datetime import datetime, time, timedelta

from .deadline import from_jakarta, to_jakarta


def is_night(moment: datetime, config: dict) -> bool:
    """Whether the quiet hours of the settings (`quiet_from`, `quiet_to`, Jakarta time) hold at this moment.

    :param moment: naive UTC
    :param config: the section `conversation`; equal hours mean that there are none
    """
    start, end = (time.fromisoformat(config[name]) for name in ("quiet_from", "quiet_to"))
    clock = to_jakarta(moment).time()
    return start <= clock < end if start <= end else clock >= start or clock < end


def morning(moment: datetime, config: dict) -> datetime:
    """When the quiet hours that hold at this moment are over, in naive UTC."""
    here, end = to_jakarta(moment).replace(tzinfo=None), time.fromisoformat(config["quiet_to"])
    day = here.date() if here.time() < end else here.date() + timedelta(days=1)
    return from_jakarta(datetime.combine(day, end))
