"""An S3 server of this machine (moto) for the tests that need one: started once a process, an empty bucket a test."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest


@pytest.fixture
def s3(s3_server: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of an empty bucket; the environment says where its server is, for this process and its children."""
    given = {
        "AWS_ACCESS_KEY_ID": "any",
        "AWS_SECRET_ACCESS_KEY": "any",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": s3_server,
    }
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    import s3fs

    bucket = f"test-{uuid4().hex}"
    s3fs.S3FileSystem().mkdir(bucket)
    return f"s3://{bucket}"


@pytest.fixture(scope="session")
def s3_server() -> Iterator[str]:
    """The address of a server."""
    pytest.importorskip("s3fs", reason="needs s3fs: pip install 'gouji[ray]'")
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(port=0)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()
