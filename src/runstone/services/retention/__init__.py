"""Which versions of artifacts are kept, and what deletes the others."""

from runstone.services.retention.expiring import (
    DefaultTtl,
    default_ttl,
    set_default_ttl,
)
from runstone.services.retention.keeper import Keeper, Swept
from runstone.services.retention.rules import (
    Judged,
    Place,
    Preview,
    find_rule,
    forget_rule,
    list_deletions,
    list_rules,
    place_of_collection,
    place_of_project,
    preview,
    rules_for,
    set_rule,
)

__all__ = [
    "DefaultTtl",
    "Judged",
    "Keeper",
    "Place",
    "Preview",
    "Swept",
    "default_ttl",
    "find_rule",
    "forget_rule",
    "list_deletions",
    "list_rules",
    "place_of_collection",
    "place_of_project",
    "preview",
    "rules_for",
    "set_default_ttl",
    "set_rule",
]
