"""What our own client logs the real one reads, and the other way round: byte for byte, once."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.compat.conftest import of_line
from tests.compat.live import LiveServer

from runstone import Api, Artifact

pytestmark = pytest.mark.compat

FILES = {"a.txt": b"hello", "sub/ü b.bin": bytes(range(256)) * 100, "empty": b""}


@pytest.mark.parametrize("line", ["0.31", "0.19"])
def test_there_and_back(server: LiveServer, tmp_path: Path, line: str) -> None:
    client = of_line(line, server, tmp_path / "home")
    project = f"two-clients-{line}"
    elsewhere = tmp_path / "elsewhere.txt"
    elsewhere.write_bytes(b"elsewhere")
    draft = Artifact("ours", "dataset", metadata={"by": "runstone"}, description="D")
    for name, data in FILES.items():
        with draft.new_file(name, mode="xb") as file:
            file.write(data)
    draft.add_reference(elsewhere.as_uri(), "ref.txt")
    with Api(server.url, server.key) as api:
        version = api.log_artifact(draft, f"ada/{project}", aliases=["best"])

        facts = client.run("other_client", project).facts
        whole = FILES | {"ref.txt": b"elsewhere"}
        assert facts["files"] == {name: data.hex()[:40] for name, data in sorted(whole.items())}
        assert (facts["version"], facts["metadata"], facts["description"]) == (
            "v0", {"by": "runstone"}, "D",
        )  # fmt: skip
        assert facts["digest"] == version.digest

        # Theirs holds the same bytes, and what was a reference as a file: its digest is the same.
        assert (facts["ours"], facts["theirs"]) == ("v0", "v0")
        assert version.reload().aliases == ("best", "latest", "wandb")
        assert [run.project for run in version.used_by()] == [project]
        theirs = api.artifact(f"ada/{project}/theirs:wandb")
        assert theirs.digest == version.digest
        folder = theirs.download(tmp_path / "theirs", skip_cache=True)
        theirs.verify(folder)
        assert {name: (folder / name).read_bytes() for name in whole} == whole
        again = Artifact("theirs", "dataset")
        again.add_dir(folder)
        assert api.log_artifact(again, f"ada/{project}") == theirs
        run = theirs.logged_by()
        assert run is not None
        assert version in run.used_artifacts()
        assert theirs in run.logged_artifacts()
