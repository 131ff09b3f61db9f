"""What the door costs: a request through it against the same application bare, and a sign-in against its hash alone.

Both are asked in this process, over ASGI, so that nothing but the door lies between the two figures.
`python -m bench.door [--runs N]`. Writes bench/out/door.json.
"""

import argparse
import asyncio
import tempfile
import time

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from pages import door, sign_in
from pages.parts.house import House
from store import passwords, settings, users
from store.desk import Desk, open_desk

from . import measure

AIM = 2.0  # milliseconds that the door may add to a request


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=2000, help="requests of each kind")
    compare(parser.parse_args().runs)


def compare(runs: int) -> None:
    """Print what the door adds to a request, and what sign-in adds to its hash; write the JSON file."""
    with tempfile.TemporaryDirectory() as folder:
        desk = open_desk(settings.load({"WADUL_DATA": folder}))
        try:
            users.make_demo_accounts(desk.register)
            results = asyncio.run(_measured(desk, runs))
        finally:
            desk.register.close()
    for name, (floor, with_door) in results.items():
        beyond = with_door["p50_ms"] - floor["p50_ms"]
        ratio = with_door["p50_ms"] / floor["p50_ms"]
        print(f"{name:34} {floor['p50_ms']:8.3f} {with_door['p50_ms']:8.3f} ms   +{beyond:.3f} ms, {ratio:.2f} times")
    beyond = results["request, signed in"][1]["p50_ms"] - results["request, signed in"][0]["p50_ms"]
    print(f"the door adds {beyond:.3f} ms to a request; the aim is below {AIM}")
    measure.write("door", {name: {"floor": f, "with_door": d} for name, (f, d) in results.items()})


async def _measured(desk: Desk, runs: int) -> dict[str, tuple[dict, dict]]:
    house = House(desk, door.Sessions(desk))
    routes = [*sign_in.routes(sign_in.SignIn(lambda: house)), Route("/x", _nothing)]
    bare = Starlette(routes=routes)
    guarded = Starlette(routes=routes, middleware=[Middleware(door.Door, sessions=lambda: house.door)])
    cookie = [(b"cookie", f"{door.COOKIE}={house.door.start('kota')}".encode())]
    # Many are signed in at once: looking one up must not depend on that.
    for _ in range(200):
        house.door.start("kota2")
    form = f"username=kota&password={users.DEMO_PASSWORD}&next=%2F".encode()
    hashed = passwords.unchecked_hash(users.DEMO_PASSWORD)
    return {
        "request, signed in": (await _times(bare, "/x", [], runs), await _times(guarded, "/x", cookie, runs)),
        "request, nobody": (await _times(bare, "/x", [], runs), await _times(guarded, "/x", [], runs)),
        "sign-in, against argon2 alone": await _sign_ins(guarded, hashed, form, max(runs // 50, 5)),
    }


async def _sign_ins(app, hashed: str, form: bytes, runs: int) -> tuple[dict, dict]:
    """By turns, so that what else the machine does meets both alike."""
    floor, whole = [], []
    for run in range(runs):
        floor.append(measure.once(lambda _: passwords.fits(hashed, users.DEMO_PASSWORD), run))
        whole.append((await _times(app, "/masuk", [], 1, form, warm=0))["min_ms"])
    return measure.spread(floor), measure.spread(whole)


async def _nothing(request) -> PlainTextResponse:
    return PlainTextResponse("x")


async def _times(
    app, path: str, headers: list, runs: int, form: bytes | None = None, warm: int = 50
) -> dict[str, float]:
    """Milliseconds of each request, asked for one after the other."""
    method, kind = ("POST", (b"content-type", b"application/x-www-form-urlencoded")) if form else ("GET", None)
    scope = {
        "type": "http", "method": method, "path": path, "raw_path": path.encode(), "scheme": "http",
        "query_string": b"", "headers": [*headers, (b"host", b"desk.test"), *([kind] if kind else [])],
        "client": ("203.0.113.7", 5555), "server": ("desk.test", 80), "http_version": "1.1", "root_path": "",
    }  # fmt: skip

    async def send(message) -> None:
        pass

    async def once() -> float:
        waiting = [{"type": "http.request", "body": form or b"", "more_body": False}]

        async def receive():
            return waiting.pop() if waiting else await asyncio.Event().wait()

        started = time.perf_counter()
        await app(dict(scope), receive, send)
        return (time.perf_counter() - started) * 1000

    for _ in range(min(runs, warm)):
        await once()
    return measure.spread([await once() for _ in range(runs)])


if __name__ == "__main__":
    main()
