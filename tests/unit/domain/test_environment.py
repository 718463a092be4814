"""What clients write of a run's surroundings, line by line of the client."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runstone.domain.environment import (
    Disk,
    Gpu,
    Package,
    Process,
    read_conda,
    read_git,
    read_process,
    read_requirements,
    without_credentials,
)

# As wandb 0.31 wrote it, with the parts added that a machine with GPUs and Slurm has.
NEW = {
    "os": "Linux-6.18-x86_64-with-glibc2.36", "python": "CPython 3.11.7",
    "startedAt": "2026-11-22T06:51:52.235213Z", "args": ["--lr", "1e-3", "--name", "a b's"],
    "program": "/work/train.py", "codePath": "src/train.py",
    "git": {"remote": "https://u:p@example.com/r.git", "commit": "ab12"}, "email": "a@b.c",
    "root": "/work", "host": "vm", "executable": "/usr/bin/python3", "cpu_count": 2,
    "cpu_count_logical": 4, "gpu": "NVIDIA H100", "gpu_count": 2,
    "disk": {"/": {"total": "270553174016", "used": "28696047616"}},
    "memory": {"total": "25276510208"}, "cpu": {"model": "AMD EPYC"},
    "gpu_nvidia": [
        {"name": "NVIDIA H100", "memoryTotal": "85899345920", "cudaCores": 16896,
         "architecture": "Hopper", "uuid": "GPU-1"},
        {"name": "NVIDIA H100"},
    ],
    "cudaVersion": "12.4", "slurm": {"job_id": "7"}, "writerId": "w1", "docker": "img:1",
}  # fmt: skip
OLD = {
    "os": "Linux", "python": "3.8.1", "program": "train.py", "cpu_count": 8, "gpu": "Tesla T4",
    "gpu_count": 2, "cpu": {"count": 4, "countLogical": 8}, "cuda": "11.0", "username": "ada",
    "memory": {"total": 15.6}, "disk": {"total": 3, "/": 7},
}  # fmt: skip


def test_a_new_client_with_gpus() -> None:
    assert read_process(NEW) == Process(
        writer="w1",
        program="/work/train.py",
        command="""python3 /work/train.py --lr 1e-3 --name 'a b'"'"'s'""",
        arguments=["--lr", "1e-3", "--name", "a b's"],
        code_path="src/train.py",
        working_folder="/work",
        python="CPython 3.11.7",
        executable="/usr/bin/python3",
        os="Linux-6.18-x86_64-with-glibc2.36",
        host="vm",
        email="a@b.c",
        started_at="2026-11-22T06:51:52.235213Z",
        docker="img:1",
        cpu_model="AMD EPYC",
        cpu_cores=2,
        cpu_threads=4,
        memory_bytes=25_276_510_208,
        disks=[Disk("/", 270_553_174_016, 28_696_047_616)],
        gpus=[
            Gpu(0, "NVIDIA H100", 85_899_345_920, "GPU-1", "Hopper", 16_896),
            Gpu(1, "NVIDIA H100"),
        ],
        cuda="12.4",
        slurm={"job_id": "7"},
    )
    assert read_git(NEW) == ("ab12", "https://u:p@example.com/r.git", None)


def test_an_old_client() -> None:
    found = read_process(OLD)
    assert (found.gpus, found.cuda) == ([Gpu(0, "Tesla T4"), Gpu(1, "Tesla T4")], "11.0")
    assert (found.cpu_cores, found.cpu_threads, found.memory_bytes) == (8, 8, 15)
    assert (found.command, found.user, found.disks) == ("python train.py", "ada", [])


def test_other_accelerators() -> None:
    amd = {"gpu_amd": [{"model": "MI300X", "uniqueId": "0x1"}, {"series": "Instinct"}]}
    assert read_process(amd).gpus == [Gpu(0, "MI300X", uuid="0x1"), Gpu(1, "Instinct")]
    apple = read_process({"apple": {"name": "Apple M3", "gpuCores": 10}})
    assert (apple.gpus, apple.cpu_model) == ([Gpu(0, "Apple M3", cores=10)], "Apple M3")
    assert read_process({"tpu": {"name": "v5e"}}).tpu == "v5e"
    assert read_process({"trainium": {"name": "Trainium2"}}).tpu == "Trainium2"
    assert len(read_process({"gpu": "x", "gpu_count": 10**9}).gpus) == 1_024


def test_nothing_is_known() -> None:
    assert read_process({}) == Process(arguments=[], disks=[], gpus=[])
    assert read_git({}) == (None, None, None)


_WORDS = sorted({*NEW, *OLD, "apple", "gpu_amd", "tpu"})
_ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["total", "name", "gpuCores", "memoryTotal", "/"]), inner)
    ),
    max_leaves=4,
)


@given(st.dictionaries(st.sampled_from(_WORDS), _ODD))
def test_nothing_breaks_on_odd_fields(metadata: dict[str, Any]) -> None:
    found = read_process(metadata)
    read_git(metadata)
    assert all(isinstance(gpu.index, int) for gpu in found.gpus)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://user:token@github.com/a/b.git", "https://github.com/a/b.git"),
        ("https://ghp_secret@github.com/a/b", "https://github.com/a/b"),
        ("https://a@b:c@example.com:8443/x?y#z", "https://example.com:8443/x?y#z"),
        ("git@github.com:a/b.git", "git@github.com:a/b.git"),
        ("ssh://git@example.com/a/b", "ssh://git@example.com/a/b"),
        ("ssh://git:secret@example.com:22/a", "ssh://git@example.com:22/a"),
        ("https://example.com/a@b", "https://example.com/a@b"),
        ("https://user:pw@[broken/a", "https://[broken/a"),
        ("/local/path", "/local/path"),
        ("", ""),
    ],
)
def test_credentials_in_addresses(url: str, shown: str) -> None:
    assert without_credentials(url) == shown


def test_requirements() -> None:
    text = """\
zope.interface==5.0
# a comment
numpy==2.1.0 ; python_version > "3"
-e git+https://t@x/y#egg=z
Torch===2.0+cu118
pkg[extra] @ git+https://user:secret@example.com/p.git@abc
loose>=1
"""
    assert read_requirements(text) == [
        Package("numpy", "2.1.0"),
        Package("pkg", "git+https://example.com/p.git@abc"),
        Package("Torch", "2.0+cu118"),
        Package("zope.interface", "5.0"),
    ]
    assert read_requirements("\0\n" * 20_000) == []


def test_conda() -> None:
    text = """\
name: base
channels:
  - conda-forge
dependencies:
  - _libgcc_mutex=0.1=main
  - python=3.11.5=h955ad1f_0
  - pip:
      - numpy==1.26.0
prefix: /opt/conda
"""
    assert read_conda(text) == [
        Package("_libgcc_mutex", "0.1"), Package("numpy", "1.26.0"), Package("python", "3.11.5"),
    ]  # fmt: skip
