"""Learning in a process of its own, of the lowest priority: in a thread it would hold up whoever looks at a page.

Not by `multiprocessing` as a whole: it starts the script again that called it, and within Streamlit that is a page.
"""

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

LOOK_SECONDS = 0.5
_ROOT = Path(__file__).resolve().parents[2]
_CHILD = "import sys; from store.suggest.apart import child; child(int(sys.argv[1]))"


class ChildFailed(Exception):
    """The process ended with an error, or without an answer."""


def apart(work: Callable[[Any], Any], given: object, stop: threading.Event | None = None) -> object:
    """What `work` makes of `given` in another process; None where it was told to stop. The process is gone afterwards.

    :param work: a function of a module; what it takes and gives is pickled
    :raises ChildFailed: it ended with an error, whose name is told
    """
    here, there = Pipe()
    process = subprocess.Popen(  # noqa: S603 – this interpreter with a text of ours
        [sys.executable, "-c", _CHILD, str(there.fileno())],
        pass_fds=[there.fileno()],
        stdin=subprocess.DEVNULL,
        cwd=_ROOT,
    )
    there.close()
    try:
        here.send((work, given))
        while not here.poll(LOOK_SECONDS):
            if stop is not None and stop.is_set():
                return None
        done, found = here.recv()
    except (EOFError, OSError) as error:
        raise ChildFailed(type(error).__name__) from error
    finally:
        here.close()
        process.kill()
        process.wait()
    if not done:
        raise ChildFailed(found)
    return found


def child(pipe: int) -> None:
    """The other end: with the process that asked, the pipe ends, and so does this one."""
    os.nice(19)
    ends = Connection(pipe)
    work, given = ends.recv()
    try:
        found = (True, work(given))
    except Exception as error:
        found = (False, type(error).__name__)
    ends.send(found)
