"""Conversions on a Ray cluster of two nodes of this machine, of which one is killed, over an S3 server of this machine.

One cluster and one test: to start it takes as long as all else here.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from extraction.bulk.convert import convert
from extraction.bulk.inputs import find_inputs
from extraction.bulk.plan import Outcome, Plan
from extraction.output.files import read_manifest, report_path
from extraction.output.places import place
from extraction.settings import Settings
from tests.documents import SAMPLES, encoded
from tests.drawing import page_with_text

ray = pytest.importorskip("ray", reason="needs Ray: pip install 'gouji[ray]'")
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("default")]  # of Ray and botocore, which are not ours
REPORTS = ("moling-2024", "hewan-2020", "zheshui-2023")


def archive(folder: Path, count: int) -> Path:
    folder.mkdir()
    for n in range(count):
        shutil.copyfile(SAMPLES / REPORTS[n % 3] / "report.html", folder / f"{n}.html")
    (folder / "bad.pdf").write_bytes(b"%PDF-1.7 and nothing")
    return folder


def reports(out: Path) -> dict[str, bytes]:
    """Each report's bytes and the tables', by name."""
    found = {name: report_path(out, name).read_bytes() for name, line in read_manifest(out).items() if not line.error}
    return found | {name: (out / name).read_bytes() for name in ("fields.csv", "fields.parquet")}


def test_a_cluster_writes_what_one_machine_writes_though_a_node_is_killed(
    s3: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ray.cluster_utils import Cluster

    from extraction.bulk.ray_engine import ray_engine

    folder = archive(tmp_path / "in", 12)
    here, there = tmp_path / "out", place(f"{s3}/out")
    local = convert(find_inputs([str(folder)], here), Plan(here, Settings(), threads=1), lambda _: None)
    for path in folder.iterdir():
        (place(f"{s3}/in") / path.name).write_bytes(path.read_bytes())

    monkeypatch.setenv("RAY_worker_niceness", "0")
    monkeypatch.setenv("RAY_USAGE_STATS_ENABLED", "0")
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
    second = cluster.add_node(num_cpus=1)
    ray.init(address=cluster.address, log_to_driver=False)
    killed: list[object] = []

    def kill_one(outcome: Outcome) -> None:
        if not killed:
            killed.append(outcome)
            cluster.remove_node(second, allow_graceful=False)

    try:
        plan = Plan(there, Settings(), workers=2, threads=1)
        remote = convert(find_inputs([f"{s3}/in"], there), plan, kill_one, ray_engine(cluster.address))
        assert killed
        assert {line.path: line.error for line in remote.lines} == {line.path: line.error for line in local.lines}
        assert reports(there) == reports(here)
        again = convert(find_inputs([f"{s3}/in"], there), plan, lambda _: None, ray_engine(cluster.address))
        assert {line.outcome for line in again.lines} == {"skipped", "failed"}
        # Workers read with the versions of the plan, whichever are in use where they run.
        pinned = replace(plan, workers=1, weights={**plan.weights, "digits": 9})
        (place(f"{s3}/pinned") / "a.png").write_bytes(encoded(Image.fromarray(page_with_text()), "PNG"))
        refused = convert(find_inputs([f"{s3}/pinned"], there), pinned, lambda _: None, ray_engine(cluster.address))
        assert [line.path for line in refused.lines if "digits/9/model.toml" in (line.error or "")] == ["a.png"]
    finally:
        ray.shutdown()
        cluster.shutdown()


def test_the_command_without_a_cluster_makes_one(tmp_path: Path) -> None:
    folder, out = archive(tmp_path / "in", 2), tmp_path / "out"
    command = [str(Path(sys.executable).with_name("gouji")), "convert", str(folder), "-o", str(out), "--engine", "ray"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    assert {name: line.outcome for name, line in read_manifest(out).items()} == {
        "0.html": "converted",
        "1.html": "converted",
        "bad.pdf": "failed",
    }
