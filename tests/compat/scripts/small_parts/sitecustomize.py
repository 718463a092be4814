"""Lets a client of the 0.19 line, in all of its processes, send files of a few MB in parts.

Its thresholds are constants: 2 GiB, and parts of 100 MiB. The service that uploads is its older
one, in Python; the newer one has them compiled in.
"""

import contextlib

with contextlib.suppress(ImportError):
    from wandb.sdk.artifacts.storage_policies import wandb_storage_policy as policy

    policy.S3_MIN_MULTI_UPLOAD_SIZE = 6 * 1024 * 1024
    policy.WandbStoragePolicy.calc_chunk_size = lambda _self, _size: 5 * 1024 * 1024
