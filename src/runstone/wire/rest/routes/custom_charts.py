"""Custom charts of users and teams."""

from __future__ import annotations

from http import HTTPStatus

from runstone.domain import custom_chart as domain
from runstone.ports.store import Snapshot, Transaction
from runstone.services import custom_charts as services
from runstone.wire.rest import translate
from runstone.wire.rest.call import Call
from runstone.wire.rest.routing import route
from runstone.wire.rest.structs.views import CreateCustomChart, CustomChart, CustomChartList


@route("GET", "/charts/{entity}", tag="Custom charts")
async def list_custom_charts(call: Call[None, None]) -> CustomChartList:
    """List the custom charts of a user or team, by name."""
    entity = call.path["entity"]

    def read(snapshot: Snapshot) -> CustomChartList:
        found = services.list_custom_charts(snapshot, call.actor, entity)
        return CustomChartList([_chart(snapshot, chart) for chart in found])

    return await call.read(read)


@route("POST", "/charts/{entity}", tag="Custom charts", status=HTTPStatus.CREATED)
async def create_custom_chart(call: Call[None, CreateCustomChart]) -> CustomChart:
    """Define a custom chart.

    Asking again with the same content gives the chart that is there; with another content it is
    refused (`name-taken`), since runs refer to a chart by its name.
    """
    entity, wanted = call.path["entity"], call.body

    def create(tx: Transaction) -> CustomChart:
        made = services.create_custom_chart(
            tx,
            call.actor,
            entity,
            wanted.name,
            display_name=wanted.display_name,
            language=wanted.language,
            access=wanted.access,
            spec=bytes(wanted.spec).decode(),
        )
        return _chart(tx, made)

    return await call.write(create)


@route("GET", "/charts/{entity}/{chart}", tag="Custom charts")
async def get_custom_chart(call: Call[None, None]) -> CustomChart:
    """Get a custom chart."""
    entity, name = call.path["entity"], call.path["chart"]
    return await call.read(
        lambda s: _chart(s, services.find_custom_chart(s, call.actor, entity, name))
    )


@route("DELETE", "/charts/{entity}/{chart}", tag="Custom charts")
async def delete_custom_chart(call: Call[None, None]) -> None:
    """Delete a custom chart. Runs that refer to it keep their tables."""
    entity, name = call.path["entity"], call.path["chart"]
    await call.write(lambda tx: services.delete_custom_chart(tx, call.actor, entity, name))


def _chart(snapshot: Snapshot, chart: domain.CustomChart) -> CustomChart:
    user = None if chart.user_id is None else snapshot.accounts.user(chart.user_id)
    return translate.custom_chart(chart, None if user is None else user.username)
