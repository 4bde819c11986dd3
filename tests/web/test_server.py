"""The app's server: what it answers, and what it refuses."""

from __future__ import annotations

import io
import shutil
import struct

import openpyxl
import pytest
from starlette.testclient import TestClient

import runlift
from runlift.web.server import AppOptions, make_app

PAGE = {"X-Runlift": "1"}


@pytest.fixture
def client(store):
    """A client of the app as a browser on this machine would be."""
    with TestClient(make_app(AppOptions(str(store))), base_url="http://127.0.0.1") as made:
        yield made
        made.app.state.opened.close()


def test_pages_of_runs_are_windows(client):
    """A window of runs with their total; sorted by a setting, a metric or a column, whatever is missing last."""
    first = client.get("/api/runs", params={"limit": 7, "sort": "m:max:val/acc", "down": "1"}).json()
    assert len(first["runs"]) == 7
    assert first["total"] >= 500
    best = [r["m"]["val/acc"][2] for r in first["runs"]]
    assert best == sorted(best, reverse=True)
    by_lr = client.get("/api/runs", params={"limit": 500, "sort": "p:lr", "filter": "hidden>=16"}).json()["runs"]
    assert [r["p"]["lr"] for r in by_lr] == sorted(r["p"]["lr"] for r in by_lr)
    assert client.get("/api/runs", params={"sort": "m:worst:x"}).status_code == 400
    assert client.get("/api/runs", params={"sort": "nonsense; DROP"}).status_code == 400
    assert "cannot be read" in client.get("/api/runs", params={"filter": "lr <"}).json()["error"]


def test_lines_groups_details(client, store):
    """Blocks of lines, means of groups, details and importance of the same runs."""
    with runlift.open(store) as opened:
        ids = opened.sql("SELECT run_id FROM runs WHERE name LIKE '%sweep-0%' ORDER BY name")["run_id"].tolist()
    block = client.get("/api/lines", params={"metric": "val/acc", "runs": ",".join(ids[:5])}).content
    assert 0 < struct.unpack_from("<I", block)[0] < len(block)
    closer = client.get("/api/lines", params={"metric": "val/acc", "runs": ids[0], "from": 100, "to": 500}).content
    assert b'"k":5' in closer
    found = client.get("/api/groups", params={"metric": "val/acc", "by": "lr"}).json()
    assert {"0.1", "0.03", "0.01", "0.003", "0.001"} <= {g["params"]["lr"] for g in found["groups"]}
    assert client.get(f"/api/run/{ids[0]}").json()["sources"]
    assert client.get("/api/importance", params={"metric": "val/acc"}).json()["drivers"]
    assert client.get("/api/importance", params={"metric": "no"}).status_code == 400


def test_the_workbench_is_told_the_tables_and_any_value(client):
    """Tables with their columns for completion; decimals, dates, bytes and intervals are answered as JSON can."""
    known = client.get("/api/schema").json()
    assert list(known)[:3] == ["runs", "params", "metrics"]
    assert "framework" in known["runs"]
    assert not [t for t in known if t.startswith("_")]
    query = "SELECT 1.5 AS d, DATE '2024-02-03' AS t, [0.25::DECIMAL(4,2)] AS l, 'x'::BLOB AS b, INTERVAL 2 DAY AS i"
    row = client.post("/api/sql", json={"query": query}, headers=PAGE).json()["rows"][0]
    assert row[:3] == [1.5, "2024-02-03", [0.25]]


def test_each_page_has_a_nonce_of_its_own(client):
    """The policy lets the editor's style sheets in by a nonce that the page names, another for each page; nothing inline else."""
    policies = set()
    for _ in range(2):
        page = client.get("/")
        policy = page.headers["content-security-policy"]
        nonce = policy.split("'nonce-")[1].split("'")[0]
        assert f'nonce="{nonce}"' in page.text
        assert "unsafe" not in policy
        assert "script-src 'self';" in policy
        policies.add(policy)
    assert len(policies) == 2
    assert "nonce" not in client.get("/api/about").headers["content-security-policy"]
    assert client.get("/editor.js").headers["content-type"].startswith("text/javascript")


def test_views_are_kept(store, tmp_path):
    """A view is saved under its name, shown to the next who looks, and let go of; a name that cannot be is refused."""
    shutil.copytree(store, tmp_path / "s")
    app = make_app(AppOptions(str(tmp_path / "s")))
    with TestClient(app, base_url="http://127.0.0.1") as client:
        assert client.get("/api/views").json() == {}
        kept = client.post("/api/views", json={"name": "best", "fragment": "#v=charts"}, headers=PAGE).json()
        assert kept == client.get("/api/views").json() == {"best": "v=charts"}
        assert client.post("/api/views", json={"name": " ", "fragment": "x"}, headers=PAGE).status_code == 400
        assert client.post("/api/views", json={"name": "best"}, headers=PAGE).json() == {}
    app.state.opened.close()


def test_a_workbook_of_what_is_chosen(client):
    """The chosen runs come as a workbook."""
    ids = [r["run_id"] for r in client.get("/api/runs", params={"limit": 3, "filter": "lr=0.1"}).json()["runs"]]
    made = client.post("/api/workbook", json={"runs": ids}, headers=PAGE)
    book = openpyxl.load_workbook(io.BytesIO(made.content))
    assert book["Runs"].max_row == 4


def test_a_report_of_what_is_seen(client):
    """The app writes the report that the command writes."""
    page = client.post("/api/report", json={"filter": "lr=0.1"}, headers=PAGE)
    assert page.content.startswith(b"<!doctype html>")
    assert b"Content-Security-Policy" in page.content


@pytest.mark.parametrize(
    "query",
    [
        "COPY (SELECT 1) TO 'out.csv'",
        "EXPLAIN ANALYZE COPY (SELECT 1) TO 'out.csv'",
        "DROP VIEW history",
        "SELECT 1; SELECT 2",
        "INSTALL httpfs",
        "ATTACH 'x.db'",
        "SET enable_external_access = true",
        "SELECT * FROM read_csv('/etc/passwd')",
        "SELECT * FROM read_text('../../etc/passwd')",
        "CREATE TABLE t AS SELECT 1",
        "PRAGMA database_list",
    ],
)
def test_the_workbench_takes_one_select_alone(client, store, query):
    """Whatever writes, leaves the store's folder or is more than one SELECT is refused in a sentence."""
    before = sorted(p.name for p in store.iterdir())
    answer = client.post("/api/sql", json={"query": query}, headers=PAGE)
    assert answer.status_code == 400, answer.text
    assert answer.json()["error"]
    assert sorted(p.name for p in store.iterdir()) == before


def test_the_workbench_answers(client):
    """A SELECT with its rows, and its plan."""
    answer = client.post(
        "/api/sql", json={"query": "WITH n AS (SELECT 1 AS a) SELECT a, 'nan'::DOUBLE b FROM n"}, headers=PAGE
    )
    assert (answer.json()["columns"], answer.json()["rows"]) == (["a", "b"], [[1, "nan"]])
    assert client.post("/api/sql", json={"query": "SELECT 1", "explain": True}, headers=PAGE).json()["rows"]


def test_a_query_that_runs_away_is_stopped(store):
    """After its time a query ends with a sentence, and the next one is answered."""
    from runlift.errors import QueryError
    from runlift.web.queries import ask

    with runlift.open(store) as opened:
        with pytest.raises(QueryError, match="too long"):
            ask(
                opened,
                "SELECT count(*) FROM range(1000000) a, range(1000000) b WHERE a.range * b.range % 7 = 3",
                seconds=0.3,
            )
        assert ask(opened, "SELECT 42 AS x").rows == [[42]]


def test_other_hosts_and_other_pages_are_refused(client, store):
    """Another host's name (DNS rebinding), a post that the page did not send, and paths outside are refused."""
    assert client.get("/api/about", headers={"Host": "evil.example"}).status_code == 400
    assert client.post("/api/sql", json={"query": "SELECT 1"}).status_code == 403
    for path in ("/../../etc/passwd", "/%2e%2e%2fetc%2fpasswd", "/server.py", "/static/app.js", "/api/blob/..%2f..%2frunlift.json",
                 f"/api/blob/{'0' * 64}"):  # fmt: skip
        assert client.get(path).status_code in (400, 404), path
    answer = client.get("/")
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "access-control-allow-origin" not in {
        k.lower() for k in client.get("/api/about", headers={"Origin": "http://x"}).headers
    }


def test_a_token_is_asked_for(store):
    """With a token nothing is answered without it."""
    app = make_app(AppOptions(str(store), token="secret", hosts=("*",)))
    with TestClient(app, base_url="http://lab.example") as client:
        assert client.get("/api/overview").status_code == 401
        assert client.get("/api/overview", headers={"Authorization": "Bearer wrong"}).status_code == 401
        assert client.get("/api/overview", headers={"Authorization": "Bearer secret"}).status_code == 200
        assert client.get("/api/overview", params={"token": "secret"}).status_code == 200
    app.state.opened.close()


def test_media_come_as_media_alone(tmp_path):
    """An image of the store is served with its own type and a policy that sandboxes it; other blobs are not."""
    samples = runlift.__path__[0] + "/../tests/tensorboard/samples"
    runlift.ingest(samples, tmp_path / "s")
    app = make_app(AppOptions(str(tmp_path / "s")))
    with TestClient(app, base_url="http://127.0.0.1") as client, runlift.open(tmp_path / "s") as opened:
        rows = opened.sql(
            "SELECT DISTINCT mime, sha256 FROM media WHERE mime = 'image/png' LIMIT 3", arrow=True
        ).to_pylist()
        assert rows
        for row in rows:
            answer = client.get(f"/api/blob/{row['sha256']}")
            assert answer.headers["content-type"] == "image/png"
            assert "sandbox" in answer.headers["content-security-policy"]
            assert answer.content.startswith(b"\x89PNG")
        tensors = opened.sql("SELECT sha256 FROM tensors LIMIT 1", arrow=True).to_pylist()
        assert [client.get(f"/api/blob/{t['sha256']}").status_code for t in tensors] == [404] * len(tensors)
    app.state.opened.close()


def test_new_runs_are_seen(store, tmp_path):
    """What is committed while the app runs is in its next answer, and long series come from what was kept."""
    shutil.copytree(store, tmp_path / "s")
    app = make_app(AppOptions(str(tmp_path / "s")))
    with TestClient(app, base_url="http://127.0.0.1") as client:
        before = client.get("/api/overview").json()["counts"]["runs"]
        (tmp_path / "new").mkdir()
        rows = "".join(f"{i},{i / 7}\n" for i in range(120_000))
        (tmp_path / "new" / "long.csv").write_text("step,loss\n" + rows)
        runlift.ingest(tmp_path / "new", tmp_path / "s")
        app.state.opened._looked = 0
        assert client.get("/api/overview").json()["counts"]["runs"] == before + 1
        run = client.get("/api/runs", params={"filter": 'run~"long.csv"'}).json()["runs"][0]["run_id"]
        blocks = [client.get("/api/lines", params={"metric": "loss", "runs": run}).content for _ in range(2)]
        assert blocks[0] == blocks[1]
        assert sorted(p.suffix for p in (tmp_path / "s" / "cache").iterdir()) == [".block", ".pyramid"]
    app.state.opened.close()


def test_long_series_are_ready_before_they_are_asked_for(store, tmp_path):
    """While the app is served, blocks of long series are made, and what is asked then is what was made."""
    shutil.copytree(store, tmp_path / "s")
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "long.csv").write_text("step,loss\n" + "".join(f"{i},{i / 7}\n" for i in range(120_000)))
    runlift.ingest(tmp_path / "new", tmp_path / "s")
    app = make_app(AppOptions(str(tmp_path / "s")))
    with TestClient(app, base_url="http://127.0.0.1") as client:
        assert app.state.warm.done.wait(60)
        (made,) = (tmp_path / "s" / "cache").glob("*.block")
        assert len(list((tmp_path / "s" / "cache").glob("*.pyramid"))) == 1
        written = made.stat().st_mtime_ns
        run = client.get("/api/runs", params={"filter": 'run~"long.csv"'}).json()["runs"][0]["run_id"]
        assert client.get("/api/lines", params={"metric": "loss", "runs": run}).content == made.read_bytes()
        assert made.stat().st_mtime_ns == written
    app.state.opened.close()


def test_progress_is_told(tmp_path):
    """While an ingest runs its store says how far it is; afterwards it says nothing."""
    from runlift.progress import read_progress, told

    (tmp_path / "s").mkdir()
    with told(str(tmp_path / "s"), lambda *_: None) as tell:
        tell("read", 30, 100, 1234)
        assert read_progress(str(tmp_path / "s")) == "An ingest is running: read 30%, 1,234 points."
    assert read_progress(str(tmp_path / "s")) == ""
