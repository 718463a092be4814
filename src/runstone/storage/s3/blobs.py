"""The blob port on a bucket: each blob is an object, in constant memory both ways."""

from __future__ import annotations

import base64
import hashlib
import re
import tempfile
from collections.abc import AsyncIterator, Sequence
from functools import partial
from typing import IO, TYPE_CHECKING, Any, Final, TypeVar
from urllib.parse import quote

from botocore.exceptions import ClientError

from runstone.domain.errors import Conflict, InvalidInput, NotFound, QuotaExceeded
from runstone.ports.blobs import BlobInfo, Blobs, Part, StoredBlob, UnfinishedUpload
from runstone.storage.s3.bucket import ABSENT, Bucket, Calls, code_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from types_boto3_s3.type_defs import CompletedPartTypeDef

T = TypeVar("T")

_PIECE_BYTES: Final = 8 * 1024 * 1024
_PIECES_OF_A_SIZE: Final = 1_000
"""After so many pieces they double: ten thousand are allowed, and blobs may have terabytes."""
_READ_BYTES: Final = 256 * 1024
_SPOOL_BYTES: Final = 8 * 1024 * 1024
_MD5: Final = re.compile(r'"?([0-9a-f]{32})"?')


class S3Blobs(Blobs):
    """Objects below a prefix of one bucket."""

    def __init__(self, bucket: Bucket, prefix: str = "", *, presigned: bool = True) -> None:
        """Uses the bucket; talks to it only when asked to.

        Args:
            prefix: Empty, or ends with `/`.
            presigned: Whether clients may talk to the bucket themselves.

        Raises:
            Unavailable: No such profile.
        """
        self.supports_presigned_urls = presigned
        self._calls = Calls(bucket)
        self._prefix = prefix

    def close(self) -> None:
        """Lets go of the threads."""
        self._calls.close()

    async def put(
        self, key: str, chunks: AsyncIterator[bytes], *, max_bytes: int | None = None
    ) -> StoredBlob:
        whole = hashlib.md5(usedforsecurity=False)
        size = 0
        upload: str | None = None
        parts: list[CompletedPartTypeDef] = []
        pending = bytearray()
        try:
            async for chunk in chunks:
                size += len(chunk)
                if max_bytes is not None and size > max_bytes:
                    raise QuotaExceeded(
                        f"The upload is larger than the {max_bytes:,} bytes allowed.",
                        code="upload-too-large",
                    )
                pending += chunk
                if len(pending) < _PIECE_BYTES << (len(parts) // _PIECES_OF_A_SIZE):
                    continue
                if upload is None:
                    upload = await self.begin_upload(key, 1)
                full, pending = bytes(pending), bytearray()
                parts.append(await self._put_piece(key, upload, len(parts) + 1, full, whole))
            last = bytes(pending)
            if upload is None:
                await self._put_small(key, last, whole)
            else:
                if last:
                    parts.append(await self._put_piece(key, upload, len(parts) + 1, last, whole))
                await self._complete(key, upload, parts)
        except BaseException:
            if upload is not None:
                await self.abort_upload(key, upload)
            raise
        return StoredBlob(key, size, whole.digest())

    async def _put_small(self, key: str, data: bytes, whole: hashlib._Hash) -> None:
        def send() -> None:
            whole.update(data)
            self._calls.client.put_object(**self._object(key), Body=data, ContentMD5=_md5_of(data))

        await self._calls.call(send)

    async def _put_piece(
        self, key: str, upload: str, number: int, data: bytes, whole: hashlib._Hash
    ) -> CompletedPartTypeDef:
        def send() -> CompletedPartTypeDef:
            whole.update(data)
            answer = self._calls.client.upload_part(
                **self._object(key),
                UploadId=upload,
                PartNumber=number,
                Body=data,
                ContentMD5=_md5_of(data),
            )
            return {"PartNumber": number, "ETag": answer["ETag"]}

        return await self._calls.call(send)

    async def read(
        self, key: str, *, start: int = 0, end: int | None = None
    ) -> AsyncIterator[bytes]:
        if end is not None and end <= start:
            if await self.size(key) is None:
                raise _gone(key)
            return
        part = f"bytes={start}-{'' if end is None else end - 1}"
        wanted: dict[str, Any] = {} if (start, end) == (0, None) else {"Range": part}
        try:
            answer = await self._calls.call(
                lambda: self._calls.client.get_object(**self._object(key), **wanted)
            )
        except ClientError as error:
            if code_of(error) in ABSENT:
                raise _gone(key) from error
            if code_of(error) in ("InvalidRange", "416"):
                return
            raise
        body = answer["Body"]
        left = answer["ContentLength"]
        try:
            while left:
                chunk = await self._calls.call(lambda: body.read(_READ_BYTES))
                if not chunk:
                    raise ConnectionResetError(f"the bucket broke off in the middle of {key}")
                left -= len(chunk)
                yield chunk
        finally:
            body.close()

    async def size(self, key: str) -> int | None:
        try:
            head = await self._calls.call(
                lambda: self._calls.client.head_object(**self._object(key))
            )
        except ClientError as error:
            if code_of(error) in ABSENT:
                return None
            raise
        return head["ContentLength"]

    async def delete(self, key: str) -> None:
        try:
            await self._calls.call(lambda: self._calls.client.delete_object(**self._object(key)))
        except ClientError as error:
            if code_of(error) not in ABSENT:  # S3 itself does not mind
                raise

    async def list_blobs(self, prefix: str) -> AsyncIterator[BlobInfo]:
        asked: dict[str, Any] = {
            "Bucket": self._calls.bucket.name,
            "Prefix": self._prefix + prefix,
        }
        while True:
            page = await self._calls.call(lambda: self._calls.client.list_objects_v2(**asked))
            for found in page.get("Contents", ()):
                md5 = _MD5.fullmatch(found.get("ETag", ""))
                yield BlobInfo(
                    found["Key"].removeprefix(self._prefix),
                    found["Size"],
                    found["LastModified"],
                    bytes.fromhex(md5[1]) if md5 else None,
                )
            if not page.get("IsTruncated"):
                return
            asked["ContinuationToken"] = page["NextContinuationToken"]

    # In parts

    async def begin_upload(self, key: str, num_parts: int) -> str:
        if not 1 <= num_parts <= 10_000:
            raise InvalidInput(f"An upload has 1 to 10,000 parts; not {num_parts:,}.")
        answer = await self._calls.call(
            lambda: self._calls.client.create_multipart_upload(**self._object(key))
        )
        return answer["UploadId"]

    async def put_part(
        self,
        key: str,
        upload: str,
        part: Part,
        chunks: AsyncIterator[bytes],
        *,
        size_bytes: int,
    ) -> Part:
        # Kept on the disk until it is whole: what is sent on must be there to be sent again.
        digest = hashlib.md5(usedforsecurity=False)
        with tempfile.SpooledTemporaryFile(max_size=_SPOOL_BYTES) as spool:
            size = 0
            async for chunk in chunks:
                size += len(chunk)
                if size > size_bytes:
                    break
                await self._calls.call(partial(_keep, chunk, spool, digest))
            if size != size_bytes:
                raise InvalidInput(
                    f"Part {part.number:,} has not the {size_bytes:,} bytes that were announced; "
                    "upload it again.",
                    code="wrong-size",
                )
            if digest.digest() != part.md5:
                raise InvalidInput(
                    f"The bytes of part {part.number:,} are not those that were announced; upload "
                    "it again.",
                    code="digest-mismatch",
                )
            spool.seek(0)
            answer = await self._of_upload(
                lambda: self._calls.client.upload_part(
                    **self._object(key),
                    UploadId=upload,
                    PartNumber=part.number,
                    Body=spool,
                    ContentLength=size_bytes,
                    ContentMD5=base64.b64encode(part.md5).decode("ascii"),
                )
            )
        return _part(part.number, answer["ETag"])

    async def list_parts(self, key: str, upload: str) -> Sequence[Part]:
        found: list[Part] = []
        asked: dict[str, Any] = {**self._object(key), "UploadId": upload}
        while True:
            page = await self._of_upload(lambda: self._calls.client.list_parts(**asked))
            found += [_part(part["PartNumber"], part["ETag"]) for part in page.get("Parts", ())]
            if not page.get("IsTruncated"):
                return found
            asked["PartNumberMarker"] = page["NextPartNumberMarker"]

    async def complete_upload(self, key: str, upload: str, parts: Sequence[Part]) -> None:
        given: list[CompletedPartTypeDef] = [
            {"PartNumber": part.number, "ETag": f'"{part.md5.hex()}"'} for part in parts
        ]
        try:
            await self._complete(key, upload, given)
        except NotFound:
            if await self.size(key) is None:  # else it was completed already
                raise
        except ClientError as error:
            if code_of(error) not in (
                "InvalidPart",
                "InvalidPartOrder",
                "InvalidRequest",
                "MalformedXML",
                "EntityTooSmall",
            ):
                raise
            raise Conflict(
                "Some parts have not arrived, or are not those that make the file; upload those "
                "that are missing.",
                code="parts-missing",
            ) from error

    async def _complete(self, key: str, upload: str, parts: Sequence[CompletedPartTypeDef]) -> None:
        await self._of_upload(
            lambda: self._calls.client.complete_multipart_upload(
                **self._object(key), UploadId=upload, MultipartUpload={"Parts": parts}
            )
        )

    async def abort_upload(self, key: str, upload: str) -> None:
        try:
            await self._of_upload(
                lambda: self._calls.client.abort_multipart_upload(
                    **self._object(key), UploadId=upload
                )
            )
        except NotFound:
            return

    async def list_uploads(self, prefix: str) -> AsyncIterator[UnfinishedUpload]:
        asked: dict[str, Any] = {
            "Bucket": self._calls.bucket.name,
            "Prefix": self._prefix + prefix,
        }
        while True:
            page = await self._calls.call(
                lambda: self._calls.client.list_multipart_uploads(**asked)
            )
            for found in page.get("Uploads", ()):
                key = found["Key"].removeprefix(self._prefix)
                if key.startswith(prefix):  # not every store filters
                    yield UnfinishedUpload(key, found["UploadId"], found["Initiated"], None)
            if not page.get("IsTruncated"):
                return
            asked["KeyMarker"] = page["NextKeyMarker"]
            asked["UploadIdMarker"] = page["NextUploadIdMarker"]

    # Between client and bucket

    def upload_url(self, key: str, *, md5: bytes, lifetime_s: int) -> str:
        more = {"ContentMD5": base64.b64encode(md5).decode("ascii")}
        return self._sign("put_object", key, more, lifetime_s)

    def part_url(self, key: str, upload: str, part: Part, *, lifetime_s: int) -> str:
        more = {
            "UploadId": upload,
            "PartNumber": part.number,
            "ContentMD5": base64.b64encode(part.md5).decode("ascii"),
        }
        return self._sign("upload_part", key, more, lifetime_s)

    def download_url(self, key: str, *, name: str, media_type: str, lifetime_s: int) -> str:
        base = quote(name.rsplit("/", 1)[-1], safe="")
        more = {
            "ResponseContentType": media_type,
            "ResponseContentDisposition": f"attachment; filename*=UTF-8''{base}",
        }
        return self._sign("get_object", key, more, lifetime_s)

    def _sign(self, method: str, key: str, more: dict[str, Any], lifetime_s: int) -> str:
        return self._calls.now(
            lambda: self._calls.signing.generate_presigned_url(
                method, Params={**self._object(key), **more}, ExpiresIn=lifetime_s
            )
        )

    async def _of_upload(self, work: Callable[[], T]) -> T:
        try:
            return await self._calls.call(work)
        except ClientError as error:
            if code_of(error) not in ("NoSuchUpload", *ABSENT):
                raise
            raise NotFound(
                "There is no such upload: it was completed, or given up after a time. Begin again.",
                code="no-such-upload",
            ) from error

    def _object(self, key: str) -> Any:
        return {"Bucket": self._calls.bucket.name, "Key": self._prefix + key}


def _md5_of(data: bytes) -> str:
    digest = hashlib.md5(data, usedforsecurity=False).digest()
    return base64.b64encode(digest).decode("ascii")


def _part(number: int, etag: str) -> Part:
    md5 = _MD5.fullmatch(etag)
    return Part(number, bytes.fromhex(md5[1]) if md5 else b"")


def _keep(chunk: bytes, spool: IO[bytes], digest: hashlib._Hash) -> None:
    digest.update(chunk)
    spool.write(chunk)


def _gone(key: str) -> NotFound:
    return NotFound("The file's bytes are gone.", key=key)
