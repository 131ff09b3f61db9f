"""Every conversation in `tests/conversations/`, from what the citizen sends to what the register holds."""

import tomllib
from pathlib import Path

import pytest

from store.check import differences

from .stage import MovingClock, Play, Stage

FOLDER = Path(__file__).parent / "conversations"
SCRIPTS = [
    pytest.param(script, id=f"{path.stem}: {script['title']}")
    for path in sorted(FOLDER.glob("*.toml"))
    for script in tomllib.loads(path.read_text("utf-8"))["script"]
]


@pytest.fixture(scope="module")
def clock():
    clock = MovingClock()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("store.clock.datetime", clock)
        patch.setattr("ingest.inbox._now", clock.text)
        yield clock


@pytest.fixture(scope="module")
def stage(tmp_path_factory, clock):
    stage = Stage(tmp_path_factory.mktemp("stage"))
    yield stage
    stage.close()


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_conversation_goes_as_written(stage, clock, script):
    play = Play(stage, clock)
    play.run(script)
    kept = stage.ask("select wamid from message_in union all select wamid from message_waiting")
    kept = [row["wamid"] for row in kept if row["wamid"] in play.sent]
    assert sorted(kept) == sorted(play.sent)
    assert not stage.ask("select * from inbox_problem")
    assert [str(difference) for difference in differences(stage.desk.register)] == []


def test_there_are_scripts_enough():
    assert len(SCRIPTS) >= 40
