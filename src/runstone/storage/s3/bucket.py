"""A bucket and how it is reached; its calls on a bounded pool of threads, its errors as ours.

boto3 blocks, and its clients may be used by many threads at once. Checksums other than MD5 are left
out: stores that only resemble S3 refuse requests that carry them.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, TypeVar

import boto3
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    HTTPClientError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
)
from botocore.exceptions import ConnectionError as NotConnected

from runstone.domain.errors import Unavailable

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

T = TypeVar("T")

NUM_THREADS: Final = 32
_CONNECT_S: Final = 10
_READ_S: Final = 60
_ATTEMPTS: Final = 5
_DENIED: Final = (
    "AccessDenied",
    "Forbidden",
    "403",
    "InvalidAccessKeyId",
    "SignatureDoesNotMatch",
    "ExpiredToken",
    "InvalidToken",
    "AllAccessDisabled",
)

ABSENT: Final = ("NoSuchKey", "404", "NotFound")


@dataclass(frozen=True, slots=True)
class Bucket:
    """Where a bucket is. Credentials come from where AWS's own tools look for them.

    Attributes:
        endpoint_url: Of a store that is not AWS's; None for AWS.
        client_endpoint_url: How clients reach the same store, where they reach it otherwise.
        addressing: Whether the bucket's name stands in the path or in the host name.
        profile: Of the AWS configuration files; None for the usual choice.
    """

    name: str
    endpoint_url: str | None = None
    client_endpoint_url: str | None = None
    region: str | None = None
    addressing: Literal["auto", "path", "virtual"] = "auto"
    profile: str | None = None


class Calls:
    """Calls a bucket."""

    def __init__(self, bucket: Bucket) -> None:
        """Opens no connection yet.

        Raises:
            Unavailable: There are no such profile or region.
        """
        self.bucket = bucket
        with self._in_our_words():
            session = boto3.Session(profile_name=bucket.profile, region_name=bucket.region)
            self.client = self._client(session, bucket.endpoint_url)
            signing = bucket.client_endpoint_url or bucket.endpoint_url
            self.signing = (
                self.client if signing == bucket.endpoint_url else self._client(session, signing)
            )
        self._pool = ThreadPoolExecutor(NUM_THREADS, thread_name_prefix="s3")

    def _client(self, session: boto3.Session, endpoint_url: str | None) -> S3Client:
        region = session.region_name or "us-east-1"
        addressing = self.bucket.addressing
        if addressing == "auto" and endpoint_url is None and "." not in self.bucket.name:
            # Left to itself boto3 signs URLs for the global address, which sends clients on to
            # the region's, where the signature is wrong.
            addressing = "virtual"
        config = Config(
            signature_version="s3v4",
            s3={"addressing_style": addressing},
            max_pool_connections=NUM_THREADS,
            connect_timeout=_CONNECT_S,
            read_timeout=_READ_S,
            retries={"mode": "standard", "total_max_attempts": _ATTEMPTS},
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )
        return session.client("s3", region_name=region, endpoint_url=endpoint_url, config=config)

    async def call(self, work: Callable[[], T]) -> T:
        """Runs `work` on a thread of the pool.

        Raises:
            Unavailable: The bucket is not there, not reachable, or refuses us.
            ClientError: It says anything else; see `code_of`.
        """
        return await asyncio.get_running_loop().run_in_executor(self._pool, self.now, work)

    def now(self, work: Callable[[], T]) -> T:
        """As `call`, on this thread."""
        with self._in_our_words():
            return work()

    def close(self) -> None:
        """Ends the threads, once they have done what they are at."""
        self._pool.shutdown()

    @contextlib.contextmanager
    def _in_our_words(self) -> Iterator[None]:
        try:
            yield
        except ClientError as error:
            known = self._refusal(error)
            if known is None:
                raise
            raise known from error
        except (NoCredentialsError, PartialCredentialsError) as error:
            raise Unavailable(
                f"There are no credentials for the bucket {self.bucket.name}. Set "
                "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a profile or role as AWS's tools "
                "know them.",
                code="bucket-no-credentials",
            ) from error
        except ProfileNotFound as error:
            raise Unavailable(f"{error}.", code="bucket-no-credentials") from error
        except (NotConnected, HTTPClientError) as error:
            raise Unavailable(
                f"The bucket {self.bucket.name} cannot be reached at {self._where}: {error}",
                code="bucket-unreachable",
                retry_after=15.0,
            ) from error
        except (BotoCoreError, ValueError) as error:
            raise Unavailable(
                f"The bucket {self.bucket.name} at {self._where} cannot be used: {error}",
                code="bucket-unusable",
            ) from error

    def _refusal(self, error: ClientError) -> Unavailable | None:
        code, status = code_of(error), error.response["ResponseMetadata"].get("HTTPStatusCode", 0)
        said = error.response.get("Error", {}).get("Message") or code
        if code == "NoSuchBucket":
            return Unavailable(
                f"There is no bucket {self.bucket.name} at {self._where}; make it first.",
                code="bucket-missing",
            )
        if code in _DENIED:
            return Unavailable(
                f"The bucket {self.bucket.name} at {self._where} refuses these credentials "
                f"({code}: {said}). docs/s3.md has the policy that the server needs.",
                code="bucket-denied",
            )
        if code in ("PermanentRedirect", "AuthorizationHeaderMalformed", "301", "IllegalLocation"):
            return Unavailable(
                f"The bucket {self.bucket.name} is in another region ({said}); say which with "
                "?region=… behind its address.",
                code="bucket-region",
            )
        if code in ("EntityTooLarge", "QuotaExceeded", "507") or status == 507:
            return Unavailable(
                f"The bucket {self.bucket.name} is full: {said}.", code="disk-full", retry_after=30
            )
        if status >= 500 or code in ("SlowDown", "RequestTimeout", "Throttling"):
            return Unavailable(
                f"The bucket {self.bucket.name} cannot answer now ({code}: {said}).",
                code="bucket-busy",
            )
        return None

    @property
    def _where(self) -> str:
        return self.bucket.endpoint_url or "AWS"


def code_of(error: ClientError) -> str:
    """The store's word for what went wrong."""
    found: Any = error.response.get("Error", {}).get("Code", "")
    return str(found)
