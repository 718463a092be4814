"""What changes artifacts: used, described, called, linked, deleted; their collections too."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from runstone.domain.access import Action
from runstone.domain.artifact import LATEST, Artifact, Collection
from runstone.domain.errors import InvalidInput, NotFound
from runstone.domain.ids import ArtifactId
from runstone.domain.run import UNSET
from runstone.services import artifacts, runs
from runstone.wire.wandb import ids
from runstone.wire.wandb.graphql.artifact_ttl import read_ttl
from runstone.wire.wandb.graphql.request import Info, Request, Resolvers
from runstone.wire.wandb.jsontext import object_text


def _use(_root: Any, info: Info, input: dict[str, Any]) -> Any:  # noqa: A002
    request = info.context
    run = runs.find_reporting_run(
        request.tx, request.actor, input["entityName"], input["projectName"], input["runName"]
    )
    number = ids.artifact_number(input["artifactID"])
    used = artifacts.use_artifact(
        request.tx, request.actor, run, number, used_as=input.get("usedAs") or ""
    )
    return {"artifact": used}


def _update(_root: Any, info: Info, input: dict[str, Any]) -> Any:  # noqa: A002
    request = info.context
    number = ids.artifact_number(input["artifactID"])
    metadata = input.get("metadata")
    description = input.get("description")
    changed = artifacts.change_artifact(
        request.tx,
        request.actor,
        number,
        description=UNSET if description is None else description,
        metadata=UNSET if metadata is None else object_text(metadata, "metadata"),
        ttl_s=read_ttl(input.get("ttlDurationSeconds")),
        add_tags=_tags(input.get("tagsToAdd")),
        remove_tags=_tags(input.get("tagsToDelete")),
    )
    if input.get("aliases") is not None:
        _set_aliases(request, changed, input["aliases"])
    return {"artifact": changed}


def _set_aliases(request: Request, artifact: Artifact, given: Sequence[dict[str, str]]) -> None:
    """The full new list of one collection: that which it names, else the version's own."""
    _, home = artifacts.find_artifact(request.tx, request.actor, artifact.id, Action.WRITE)
    wanted = [alias["alias"] for alias in given if alias["artifactCollectionName"] == home.name]
    old = {name for name, of in request.tx.artifacts.aliases(home.id).items() if of == artifact.id}
    artifacts.call_artifact(
        request.tx,
        request.actor,
        artifact.id,
        home,
        add=[alias for alias in wanted if alias not in old],
        remove=sorted(old.difference(wanted)),
    )


def _add_aliases(_root: Any, info: Info, input: dict[str, Any]) -> Any:  # noqa: A002
    for number, collection, alias in _named(info.context, input):
        artifacts.call_artifact(
            info.context.tx, info.context.actor, number, collection, add=[alias]
        )
    return {"success": True}


def _delete_aliases(_root: Any, info: Info, input: dict[str, Any]) -> Any:  # noqa: A002
    for number, collection, alias in _named(info.context, input):
        artifacts.call_artifact(
            info.context.tx, info.context.actor, number, collection, remove=[alias]
        )
    return {"success": True}


def _named(request: Request, given: dict[str, Any]) -> list[tuple[ArtifactId, Collection, str]]:
    number = ids.artifact_number(given["artifactID"])
    return [
        (
            number,
            artifacts.find_collection(
                request.tx,
                request.actor,
                alias["entityName"],
                alias["projectName"],
                alias["artifactCollectionName"],
            ),
            alias["alias"],
        )
        for alias in given["aliases"]
    ]


def _delete(_root: Any, info: Info, input: dict[str, Any]) -> Any:  # noqa: A002
    request = info.context
    deleted = artifacts.delete_artifact(
        request.tx,
        request.actor,
        ids.artifact_number(input["artifactID"]),
        with_aliases=bool(input.get("deleteAliases")),
    )
    return {"artifact": deleted}


def _link(_root: Any, info: Info, input: dict[str, Any]) -> Any:  # noqa: A002
    request = info.context
    name = input.get("artifactPortfolioName")
    project = input.get("projectName")
    if not name or not project:
        raise InvalidInput("Say into which collection of which project to link.")
    collection, member = artifacts.link_artifact(
        request.tx,
        request.actor,
        _linked(request, input),
        input.get("entityName"),
        project,
        name,
        [given["alias"] for given in input.get("aliases") or () if given["alias"] != LATEST],
    )
    assert member.collection_id == collection.id
    return {"versionIndex": member.index, "artifactMembership": member}


def _linked(request: Request, given: dict[str, Any]) -> ArtifactId:
    if given.get("artifactID"):
        return ids.artifact_number(given["artifactID"])
    client_id = given.get("clientID")
    found = request.tx.artifacts.artifact_by_client_id(client_id) if client_id else None
    if found is None:
        raise NotFound("The artifact to link was not found, or you may not see it.")
    return found.id


def _unlink(_root: Any, info: Info, input: dict[str, Any]) -> Any:  # noqa: A002
    request = info.context
    artifacts.unlink_artifact(
        request.tx,
        request.actor,
        ids.artifact_number(input["artifactID"]),
        ids.collection_number(input["artifactPortfolioID"]),
    )
    return {
        "artifactID": input["artifactID"],
        "success": True,
        "clientMutationId": input.get("clientMutationId"),
    }


# Collections


def _update_collection(request: Request, node_id: str, given: dict[str, Any]) -> dict[str, Any]:
    name, description = given.get("name"), given.get("description")
    changed = artifacts.change_collection(
        request.tx,
        request.actor,
        ids.collection_number(node_id),
        name=UNSET if name is None else name,
        description=UNSET if description is None else description,
    )
    return {"artifactCollection": changed}


def _update_sequence(_root: Any, info: Info, input: dict[str, Any]) -> Any:  # noqa: A002
    return _update_collection(info.context, input["artifactSequenceID"], input)


def _update_portfolio(_root: Any, info: Info, input: dict[str, Any]) -> Any:  # noqa: A002
    return _update_collection(info.context, input["artifactPortfolioID"], input)


def _move(_root: Any, info: Info, input: dict[str, Any]) -> Any:  # noqa: A002
    changed = artifacts.change_collection(
        info.context.tx,
        info.context.actor,
        ids.collection_number(input["artifactSequenceID"]),
        type_name=input["destinationArtifactTypeName"],
    )
    return {"artifactCollection": changed}


def _delete_collection(request: Request, node_id: str) -> dict[str, Any]:
    number = ids.collection_number(node_id)
    return {"artifactCollection": artifacts.delete_collection(request.tx, request.actor, number)}


def _delete_sequence(_root: Any, info: Info, input: dict[str, Any]) -> Any:  # noqa: A002
    return _delete_collection(info.context, input["artifactSequenceID"])


def _delete_portfolio(_root: Any, info: Info, input: dict[str, Any]) -> Any:  # noqa: A002
    return _delete_collection(info.context, input["artifactPortfolioID"])


def _tag_collection(_root: Any, info: Info, input: dict[str, Any]) -> Any:  # noqa: A002
    request = info.context
    found = _tagged(request, input)
    tags = _tags(input["tags"])
    artifacts.change_collection(request.tx, request.actor, found.id, add_tags=tags)
    return {"tags": tags}


def _untag_collection(_root: Any, info: Info, input: dict[str, Any]) -> Any:  # noqa: A002
    request = info.context
    found = _tagged(request, input)
    artifacts.change_collection(
        request.tx, request.actor, found.id, remove_tags=_tags(input["tags"])
    )
    return {"success": True}


def _tagged(request: Request, given: dict[str, Any]) -> Collection:
    return artifacts.find_collection(
        request.tx,
        request.actor,
        given["entityName"],
        given["projectName"],
        given["artifactCollectionName"],
        Action.WRITE,
    )


def _tags(given: Sequence[dict[str, Any]] | None) -> list[str]:
    return [tag["tagName"] for tag in given or ()]


RESOLVERS: Final[Resolvers] = {
    "Mutation": {
        "useArtifact": _use,
        "updateArtifact": _update,
        "addAliases": _add_aliases,
        "deleteAliases": _delete_aliases,
        "deleteArtifact": _delete,
        "linkArtifact": _link,
        "unlinkArtifact": _unlink,
        "updateArtifactSequence": _update_sequence,
        "updateArtifactPortfolio": _update_portfolio,
        "moveArtifactSequence": _move,
        "deleteArtifactSequence": _delete_sequence,
        "deleteArtifactPortfolio": _delete_portfolio,
        "createArtifactCollectionTagAssignments": _tag_collection,
        "deleteArtifactCollectionTagAssignments": _untag_collection,
    }
}
