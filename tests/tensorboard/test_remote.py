"""Event files in object stores, through fsspec: an S3 server of this machine stands for the others."""

from __future__ import annotations

import pytest

import runlift as package

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture
def bucket(monkeypatch):
    """A client and the name of a bucket of a server on the loopback; s3fs finds it by the environment."""
    server_module = pytest.importorskip("moto.server", reason="moto is not installed")
    pytest.importorskip("s3fs", reason="s3fs is not installed")
    import boto3
    import s3fs

    server = server_module.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    address = f"http://{host}:{port}"
    for name, value in {
        "AWS_ENDPOINT_URL": address,
        "AWS_ACCESS_KEY_ID": "for-the-test",
        "AWS_SECRET_ACCESS_KEY": "for-the-test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_CONFIG_FILE": "/nowhere",
        "AWS_SHARED_CREDENTIALS_FILE": "/nowhere",
    }.items():
        monkeypatch.setenv(name, value)
    s3fs.S3FileSystem.clear_instance_cache()
    client = boto3.client("s3", endpoint_url=address)
    client.create_bucket(Bucket="lab")
    yield client, "lab"
    s3fs.S3FileSystem.clear_instance_cache()
    server.stop()


def _put(bucket, folder, prefix: str) -> None:
    client, name = bucket
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        client.put_object(Bucket=name, Key=f"{prefix}/{path.relative_to(folder)}", Body=path.read_bytes())


def test_a_bucket_is_read_as_a_folder_is(bucket, samples, read, ask, tmp_path):
    """The same runs, points and items as from the disk; unchanged objects are not read again; verify agrees."""
    names = ("torch_folders", "torch_restart", "tensorflow_v2")
    for name in names:
        _put(bucket, samples / name, f"runs/{name}")
    report = read("s3://lab/runs")
    assert report.runs == 4
    assert not report.losses
    local = package.ingest([samples / n for n in names], tmp_path / "local", package.IngestOptions(jobs=1))
    assert (report.points, report.superseded, report.runs) == (local.points, local.superseded, local.runs)
    assert ask("SELECT count(*) FROM sources WHERE source LIKE 's3://lab/runs/%'") == [(8,)]
    found = package.verify_event_files("s3://lab/runs", tmp_path / "store")
    assert (found.differences, found.sources) == ([], 8)
    again = read("s3://lab/runs")
    assert (again.read, again.unchanged) == (0, 8)


def test_an_object_that_has_grown_is_read_on(bucket, records, read, ask, tmp_path):
    """Replaced by a longer one with the same beginning, an object is decoded from where it ended before."""
    client, name = bucket
    short = b"".join(records.series("loss", range(10)))
    more = b"".join(records.scalar("loss", s, 2.0) for s in range(10, 13))
    for body in (short, short + more):
        client.put_object(Bucket=name, Key="run/events.out.tfevents.1700000000.h.1.0", Body=body)
        report = read("s3://lab/run")
    assert report.bytes == len(more)
    assert ask("SELECT count(*), max(step) FROM history") == [(13, 12)]
    assert ask("SELECT count(*) FROM runs") == [(1,)]


def test_frames_of_a_bucket(bucket, samples):
    """``read_tensorboard`` takes an address too."""
    _put(bucket, samples / "torch_folders", "x/torch_folders")
    there = package.read_tensorboard("s3://lab/x", extra_columns={"dir_name"}).scalars
    here = package.read_tensorboard(samples, extra_columns={"dir_name"}).scalars
    here = here[here["dir_name"].str.startswith("torch_folders")].reset_index(drop=True)
    assert there.equals(here)


def test_an_address_that_is_not_there(bucket, runlift, tmp_path):
    """One line that names it, exit code 2."""
    done = runlift("ingest", "s3://lab/nothing", "--store", tmp_path / "s", code=2)
    assert "s3://lab/nothing" in done.stderr
    assert done.stderr.count("\n") == 1
