"""The wire protocol of the unmodified wandb client: GraphQL, file_stream, uploads, downloads."""

from runstone.wire.wandb.app import PREFIXES, create_app

__all__ = ["PREFIXES", "create_app"]
