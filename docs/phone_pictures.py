"""The pictures of conversation.md (`python -m docs.phone_pictures`): the five most common conversations, on a phone.

They are played on the real listener, drain, outbox and simulator, as the scripts of the tests are.
"""

import io
import tempfile
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, expect, sync_playwright

from tests.stack import CHROMIUM, CHROMIUM_FLAGS
from tests.stage import MovingClock, Play, Stage

FOLDER = Path(__file__).parent / "images"
SMALL = {"width": 360, "height": 960}
DONE = [
    {"staff": "kota", "does": "forward", "department": "DISHUB", "note": "Mohon dicek",
     "category": "street_light", "kelurahan": "33.75.01.1002"},
    {"told": "forwarded"},
    {"staff": "opd.dishub", "does": "accept"},
    {"staff": "opd.dishub", "does": "start"},
    {"told": "started"},
    {"staff": "tim.dishub", "does": "submit_result", "text": "Lampu diganti.", "files": ["photo"]},
    {"staff": "kota", "does": "approve", "text": "Lampu jalan di depan masjid sudah diganti dan menyala lagi."},
    {"told": "result"},
]  # fmt: skip
FIRST = [{"siti": "assalamualaikum, lampu jalan depan masjid medono mati"}, {"told": "acknowledgement"}]
SCENES = {
    "percakapan-pertama": FIRST,
    "percakapan-melengkapi": [
        *FIRST,
        {"siti": {"photo": True}},
        {"siti": "Siti Aminah, Jl. Melati 5. matinya sejak senin"},
        {"told": "complete"},
        {"siti": "matur nuwun"},
    ],
    "percakapan-status": [
        *FIRST, *DONE[:2],
        {"siti": "sampai mana laporan saya"},
        {"told": "status"},
    ],
    "percakapan-hasil": [
        *FIRST, *DONE,
        {"siti": {"press": "Sudah selesai"}},
        {"told": "confirmed"},
        {"siti": {"press": "5 – sangat baik"}},
        {"told": "rated"},
    ],
    "percakapan-belum": [
        *FIRST, *DONE,
        {"siti": {"press": "Belum selesai"}},
        {"told": "reopened"},
        {"siti": "yang ujung gang masih mati"},
        {"told": "reason"},
    ],
}  # fmt: skip


def take(browser: Browser, stage: Stage, key: str, name: str) -> None:
    """The end of the conversation, as it stands on the phone's screen."""
    context = browser.new_context(viewport=SMALL, locale="id-ID", timezone_id="Asia/Jakarta", device_scale_factor=1.5)
    page = context.new_page()
    page.goto(stage.simulator.url)
    page.get_by_test_id(f"phone-{key}").click()
    expect(page.locator('[data-testid="message"]').last).to_be_visible()
    page.wait_for_timeout(1_500)
    path = FOLDER / f"{name}.png"
    Image.open(io.BytesIO(page.screenshot())).convert("RGB").quantize(64, dither=Image.Dither.NONE).save(
        path, optimize=True
    )
    print(f"{path.name}: {path.stat().st_size // 1024} KB", flush=True)
    context.close()


def main() -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        sync_playwright() as playwright,
        pytest.MonkeyPatch.context() as patch,
    ):
        clock = MovingClock()
        patch.setattr("store.clock.datetime", clock)
        patch.setattr("ingest.inbox._now", clock.text)
        stage = Stage(Path(folder))
        # Whoever takes pictures at night wants to see them as by day.
        stage.desk.settings.config["conversation"] |= {"quiet_from": "00:00", "quiet_to": "00:00"}
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
        try:
            for name, steps in SCENES.items():
                play = Play(stage, clock)
                play.run({"steps": steps}, start=None)
                take(browser, stage, play.key("siti"), name)
        finally:
            browser.close()
            stage.close()


if __name__ == "__main__":
    main()
