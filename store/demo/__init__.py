"""Two years of believable complaints for a demonstration; never written into a register that holds real cases."""

from datetime import datetime

from ..clock import now
from ..desk import Desk
from ..rules.errors import RuleBroken


def fill(desk: Desk, complaints: int = 3000, seed: int = 2026, until: datetime | None = None) -> int:
    """Fill a new demonstration register; how many complaints it holds comes back.

    The same seed and `until` (naive UTC, default now) give the same complaints, word for word.

    :raises RuleBroken: `register_not_demo` or `register_not_empty`
    """
    _refuse_unless_new(desk)
    # The corpus and the drawing are needed here only, not by whoever imports the package to ask for its name.
    from .cast import Cast
    from .writer import write

    until = (until or now()).replace(microsecond=0)
    cast = Cast(desk, seed, until)
    stories = list(cast.stories(complaints))
    write(desk.register, stories, cast.people.everybody, until)
    desk.register.checkpoint()
    return len(stories)


def _refuse_unless_new(desk: Desk) -> None:
    with desk.register.snapshot() as cursor:
        mode = cursor.execute("select value from setting where name = 'mode'").fetchone()
        if not mode or mode[0] != "demo":
            raise RuleBroken("register_not_demo")
        if cursor.execute("select 1 from complaint limit 1").fetchone():
            raise RuleBroken("register_not_empty")
