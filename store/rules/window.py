"""The window of 24 hours after a reporter's last message, in which they may be written to freely."""

from datetime import datetime, timedelta

# What is written now is sent a little later; the window must still be open then.
ON_ITS_WAY = timedelta(minutes=5)
NEVER = datetime(1970, 1, 1)


def ends(last_inbound_at: datetime | None, hours: float) -> datetime:
    """When the window closes; long ago where the reporter never wrote by WhatsApp."""
    return (last_inbound_at or NEVER) + timedelta(hours=hours)


def is_open(last_inbound_at: datetime | None, at: datetime, hours: float) -> bool:
    """Whether something written at this moment may go as it was written; else only as a template."""
    return at < ends(last_inbound_at, hours) - ON_ITS_WAY
