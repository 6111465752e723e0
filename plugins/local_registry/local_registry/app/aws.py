"""`/aws/<service>`: AWS services that are not implemented, so that clients do not call the real
ones.

`client_env` directs clients of STS and Glue here; each refusal has the form that the service's
clients expect. Athena, which is implemented (`local_registry.athena`), is next to them.
"""

from __future__ import annotations

from xml.sax.saxutils import escape

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

_PATH = "/aws/"
ATHENA_PATH = f"{_PATH}athena"
_ABSENT = ("glue", "sts")
_STATUS = 400  # clients try again after 5xx
_CODE = "NotSupportedByLocalRegistry"


def endpoint_variables(registry_url: str) -> dict[str, str]:
    """The environment variables that direct clients of Athena and of these services here."""
    absent = {
        f"AWS_ENDPOINT_URL_{service.upper()}": f"{registry_url}{_PATH}{service}"
        for service in _ABSENT
    }
    return {"AWS_ENDPOINT_URL_ATHENA": athena_endpoint(registry_url), **absent}


def athena_endpoint(registry_url: str) -> str:
    """The address of a registry's Athena."""
    return f"{registry_url}{ATHENA_PATH}"


async def refuse(request: Request) -> Response:
    """Answer that the service is not implemented: XML for STS, JSON for the others."""
    service = request.path_params["service"]
    if service not in _ABSENT:
        return JSONResponse({"message": "Not Found"}, status_code=404)
    name = "STS" if service == "sts" else service.capitalize()
    message = f"The local Quilt registry has no {name}: nothing was sent to AWS"
    if service == "sts":
        text = (
            '<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error>'
            f"<Type>Sender</Type><Code>{_CODE}</Code><Message>{escape(message)}</Message>"
            "</Error><RequestId>LOCALREGISTRY</RequestId></ErrorResponse>"
        )
        return Response(text, status_code=_STATUS, media_type="text/xml")
    return JSONResponse(
        {"__type": _CODE, "message": message},
        status_code=_STATUS,
        headers={"x-amzn-errortype": _CODE},
        media_type="application/x-amz-json-1.1",
    )
