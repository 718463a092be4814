"""Blobs as objects of a bucket that speaks S3. Needs the extra `s3`; nothing else imports boto3."""

from runstone.storage.s3.blobs import S3Blobs
from runstone.storage.s3.bucket import Bucket

__all__ = ["Bucket", "S3Blobs"]
