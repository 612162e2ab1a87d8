"""The document that tells of every call, this one included."""

from flask import Response, jsonify
from flask_smorest import current_api

from booking.api.views.blueprint import bp
from booking.web.guards import public


@bp.get("/openapi.json")
@public
@bp.response(200, {"type": "object"}, description="This document, OpenAPI 3.1")
def openapi() -> Response:
    """Tell of every call."""
    return jsonify(current_api.spec.to_dict())
