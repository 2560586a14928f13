"""An object store that does not answer, or stops to during a run: said in a line, and no file is blamed for it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from extraction.bulk.convert import convert
from extraction.bulk.inputs import find_inputs
from extraction.bulk.plan import Outcome, Plan
from extraction.errors import StoreError
from extraction.output.places import place, store_faults
from extraction.settings import Settings
from tests.documents import SAMPLES

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("default")]  # of botocore, which are not ours
GOUJI = str(Path(sys.executable).with_name("gouji"))
NOBODY = "http://127.0.0.1:9"


@pytest.fixture(autouse=True)
def few_tries(monkeypatch: pytest.MonkeyPatch) -> None:
    import s3fs

    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    monkeypatch.setattr(s3fs.S3FileSystem, "retries", 1)


def test_a_store_that_does_not_answer_is_one_line_and_exit_code_2(s3: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", NOBODY)
    command = [GOUJI, "convert", f"{s3}/in", "-o", f"{s3}/out"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr
    assert NOBODY in done.stderr
    assert "run the same again" in done.stderr


def test_a_store_that_is_lost_stops_the_run_and_fails_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from moto.server import ThreadedMotoServer
    from upath import UPath

    server = ThreadedMotoServer(port=0)
    server.start()
    host, port = server.get_host_and_port()
    keys = {"AWS_ACCESS_KEY_ID": "any", "AWS_SECRET_ACCESS_KEY": "any", "AWS_DEFAULT_REGION": "us-east-1"}
    for name, value in {**keys, "AWS_ENDPOINT_URL": f"http://{host}:{port}"}.items():
        monkeypatch.setenv(name, value)
    UPath("s3://lost").fs.clear_instance_cache()
    UPath("s3://lost").fs.mkdir("lost")
    for n in range(4):
        shutil.copyfile(SAMPLES / "moling-2024" / "report.html", tmp_path / f"{n}.html")
    heard: list[Outcome] = []

    def lose(outcome: Outcome) -> None:
        heard.append(outcome)
        if len(heard) == 1:
            server.stop()

    out = place("s3://lost/out")
    try:
        with pytest.raises(StoreError, match="run the same again"), store_faults():
            convert(find_inputs([str(tmp_path)], out), Plan(out, Settings(), threads=1), lose)
    finally:
        UPath("s3://lost").fs.clear_instance_cache()
    assert {outcome.line.outcome for outcome in heard} == {"converted"}
