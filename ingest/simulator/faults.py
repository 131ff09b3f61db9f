"""Faults that a test or a demonstration asks for: for one phone or all, a number of times or until cleared."""

from .errors import FAILED
from .state import State

REFUSALS = {"130429": 130429, "131056": 131056, "190": 190, "368": 368, "131031": 131031, "131000": 131000, "500": 1}
FAILURES = {str(code): code for code in FAILED}
ANSWERS = ("timeout", "drop", "not_json")
MEDIA = ("media_404", "media_slow")
KINDS = (*REFUSALS, *FAILURES, *ANSWERS, *MEDIA)
SECONDS = {"timeout": 60.0, "media_slow": 10.0}


def add(state: State, kind: str, phone_key: str | None, times: int | None, seconds: float | None) -> None:
    """Ask for a fault.

    :raises ValueError: the kind does not exist, or a number makes no sense
    """
    if kind not in KINDS:
        raise ValueError(f"There is no fault {kind!r}; there are {', '.join(KINDS)}.")
    if times is not None and times < 1:
        raise ValueError("`times` is a whole number from 1, or absent.")
    state.run(
        "insert into fault (kind, phone_key, remaining, seconds) values (?, ?, ?, ?)",
        kind,
        phone_key,
        times,
        SECONDS.get(kind) if seconds is None else seconds,
    )


def active(state: State) -> list[dict]:
    return state.rows("select id, kind, phone_key as phone, remaining, seconds from fault order by id")


def clear(state: State, fault_id: int | None) -> None:
    state.run("delete from fault where ? is null or id = ?", fault_id, fault_id)


def take(state: State, kinds: tuple[str, ...], phone_key: str | None) -> dict | None:
    """The oldest fault of these kinds that meets this phone, counted down by one."""
    fault = next((f for f in active(state) if f["kind"] in kinds and f["phone"] in (None, phone_key)), None)
    if fault and fault["remaining"] is not None:
        if fault["remaining"] > 1:
            state.run("update fault set remaining = remaining - 1 where id = ?", fault["id"])
        else:
            clear(state, fault["id"])
    return fault
