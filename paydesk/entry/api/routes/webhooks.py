"""Webhook endpoints and the log of events."""

from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from paydesk.entry.api import schemas
from paydesk.entry.api.answering import answer
from paydesk.entry.api.api import Bearer, caller_of, responses
from paydesk.entry.api.problems import Problem
from paydesk.entry.api.routes.parts import After, Limit, RequestKey, actor_of, page
from paydesk.entry.api.stored import Done, once
from paydesk.money.merchants import access, addresses, queries
from paydesk.money.merchants.access import Caller, merchant_of_caller
from paydesk.money.merchants.actions import endpoints, telling
from paydesk.money.merchants.models import Endpoint, MerchantEvent
from paydesk.money.merchants.rules import EventKind, Scope
from paydesk.money.orders.showing import moment

router = Router(tags=["Webhooks"])
MANAGE = Bearer(Scope.WEBHOOKS_MANAGE)


@router.get("/webhook-endpoints", auth=MANAGE, response=responses(200, schemas.Endpoints))
def list_endpoints(request: HttpRequest) -> HttpResponse:
    """Your endpoints, newest first."""
    caller = caller_of(request)
    found = queries.endpoints(caller.merchant, live=caller.live)
    return answer(request, 200, {"data": [_data(one) for one in found]})


@router.post("/webhook-endpoints", auth=MANAGE, response=responses(201, schemas.Endpoint))
def add_endpoint(
    request: HttpRequest, key: RequestKey, content: schemas.EndpointIn
) -> HttpResponse:
    """Add an endpoint. The answer tells its signing secret; keep it."""
    caller = caller_of(request)

    def do() -> Done:
        made, secret = _checked(
            lambda: endpoints.add(
                merchant_of_caller(caller),
                live=caller.live,
                url=content.url,
                kinds=content.kinds,
                actor=actor_of(caller),
            )
        )
        return 201, _data(made, secret)

    return once(request, caller, key, content.model_dump(mode="json"), do, together=True)


@router.get(
    "/webhook-endpoints/{endpoint_id}", auth=MANAGE, response=responses(200, schemas.Endpoint)
)
def get_endpoint(request: HttpRequest, endpoint_id: UUID) -> HttpResponse:
    """One endpoint."""
    return answer(request, 200, _data(_mine(caller_of(request), endpoint_id)))


@router.patch(
    "/webhook-endpoints/{endpoint_id}", auth=MANAGE, response=responses(200, schemas.Endpoint)
)
def change_endpoint(
    request: HttpRequest, endpoint_id: UUID, content: schemas.EndpointChange
) -> HttpResponse:
    """Change an endpoint, or switch it off and on."""
    caller = caller_of(request)
    endpoint = _mine(caller, endpoint_id)
    changed = _checked(
        lambda: endpoints.change(
            endpoint,
            actor=actor_of(caller),
            url=content.url,
            kinds=content.kinds,
            enabled=content.enabled,
        )
    )
    return answer(request, 200, _data(changed))


@router.api_operation(
    ["DELETE"], "/webhook-endpoints/{endpoint_id}", auth=MANAGE, response=responses(204, None)
)
def remove_endpoint(request: HttpRequest, endpoint_id: UUID) -> HttpResponse:
    """Notify an endpoint no more."""
    caller = caller_of(request)
    endpoints.remove(_mine(caller, endpoint_id), actor=actor_of(caller))
    return HttpResponse(status=204)


@router.post(
    "/webhook-endpoints/{endpoint_id}/rotate",
    auth=MANAGE,
    response=responses(200, schemas.Endpoint),
)
def rotate_secret(request: HttpRequest, endpoint_id: UUID) -> HttpResponse:
    """A new signing secret; for a day notifications carry signatures by both."""
    caller = caller_of(request)
    endpoint = _mine(caller, endpoint_id)
    secret = endpoints.rotate_secret(endpoint, actor=actor_of(caller))
    return answer(request, 200, _data(endpoint, secret))


@router.get("/events", auth=Bearer(Scope.EVENTS_READ), response=responses(200, schemas.Events))
def list_events(
    request: HttpRequest,
    after: After = None,
    limit: Limit = 50,
    kind: Annotated[EventKind | None, Query()] = None,
) -> HttpResponse:
    """What you were told, newest first."""
    caller = caller_of(request)
    found = queries.events(
        caller.merchant, live=caller.live, before=after, kind=kind or "", limit=limit + 1
    )
    return answer(request, 200, page(found, limit, _event))


@router.get(
    "/events/{event_id}", auth=Bearer(Scope.EVENTS_READ), response=responses(200, schemas.Event)
)
def get_event(request: HttpRequest, event_id: UUID) -> HttpResponse:
    """One event."""
    caller = caller_of(request)
    return answer(request, 200, _event(access.event_of(caller.merchant, caller.live, event_id)))


@router.post("/events/{event_id}/replay", auth=MANAGE, response=responses(202, schemas.Replay))
def replay_event(request: HttpRequest, event_id: UUID, content: schemas.ReplayIn) -> HttpResponse:
    """Send an event to an endpoint once more, under the same webhook-id."""
    caller = caller_of(request)
    event = access.event_of(caller.merchant, caller.live, event_id)
    endpoint = _mine(caller, content.endpoint)
    delivery = _checked(lambda: telling.replay(event, endpoint, actor=actor_of(caller)))
    return answer(request, 202, {"delivery": str(delivery.id)})


def _mine(caller: Caller, endpoint_id: UUID) -> Endpoint:
    return access.endpoint_of(caller.merchant, caller.live, endpoint_id)


def _checked(do: Any) -> Any:
    try:
        return do()
    except addresses.Refused as error:
        raise Problem(422, "endpoint_refused", {"why": error.problem.value}) from None
    except endpoints.TooMany:
        raise Problem(422, "too_many") from None
    except endpoints.NotYet:
        raise Problem(403, "merchant_stopped") from None
    except telling.TooOften:
        raise Problem(429, "rate_limited", headers={"Retry-After": "60"}) from None


def _data(endpoint: Endpoint, secret: str = "") -> dict[str, Any]:
    data = {
        "id": str(endpoint.id),
        "url": endpoint.url,
        "kinds": endpoint.kinds,
        "enabled": endpoint.disabled_at is None,
        "failing_since": moment(endpoint.failing_since),
        "created_at": moment(endpoint.created_at),
    }
    return data | ({"secret": secret} if secret else {})


def _event(event: MerchantEvent) -> dict[str, Any]:
    return {
        "id": str(event.id),
        "kind": event.kind,
        "live": event.live,
        "created_at": moment(event.created_at),
        "data": event.data,
    }
