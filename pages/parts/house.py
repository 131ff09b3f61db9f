"""What the running app has open: the desk and the door. Set once by the launcher, asked by every page."""

from dataclasses import dataclass, field

from store.desk import Desk
from store.export import Exports


@dataclass
class House:
    desk: Desk
    door: object
    """`pages.door.Sessions`; typed loosely so that a page test may do without."""
    exports: Exports = field(init=False)

    def __post_init__(self) -> None:
        self.exports = Exports(self.desk)


_house: House | None = None


def open_house(house: House | None) -> None:
    global _house
    _house = house


def house() -> House:
    """The open house.

    :raises RuntimeError: a page runs outside the app
    """
    if _house is None:
        raise RuntimeError("the app has not been started by streamlit_app.py")
    return _house


def desk() -> Desk:
    return house().desk
