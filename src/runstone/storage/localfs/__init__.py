"""Blobs as files in a folder: written beside, made durable, then moved into place."""

from runstone.storage.localfs.blobs import LocalBlobs

__all__ = ["LocalBlobs"]
