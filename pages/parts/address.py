"""Addresses: of the lists that figures open, and what may not stand in one.

Addresses are kept by browsers, seen over shoulders and sent on. So typed words and names of people have a key in them,
and the words stay in this process. A key is of no use to whoever is not signed in, and to nobody after a restart of the
app: then the words must be typed again, which the page says.
"""

import hmac
import secrets
import threading
from base64 import urlsafe_b64encode
from collections import OrderedDict
from datetime import date
from hashlib import sha256
from urllib.parse import urlencode

KEPT = 20_000
_SIGN = "~"
_secret = secrets.token_bytes(32)
_words: OrderedDict[str, str] = OrderedDict()
_turn = threading.Lock()


def cases(**query: str | date | None) -> str:
    """The address of Daftar narrowed by these filters; what is None or empty is left out."""
    given = {key: str(value) for key, value in query.items() if value not in (None, "")}
    return "/daftar?" + urlencode(given)


def hide(text: str) -> str:
    """The key of a text for an address; the same text has the same key. Nothing has none."""
    if not text:
        return ""
    digest = hmac.digest(_secret, text.encode(), sha256)
    key = _SIGN + urlsafe_b64encode(digest[:15]).decode()
    with _turn:
        _words[key] = text
        _words.move_to_end(key)
        while len(_words) > KEPT:
            _words.popitem(last=False)
    return key


def shown(value: str) -> str | None:
    """What the value in an address stands for; None where it is a key that is not known any more.

    What is no key was put there by hand, and is taken as it is.
    """
    if not value.startswith(_SIGN):
        return value
    with _turn:
        if value in _words:
            _words.move_to_end(value)
        return _words.get(value)
