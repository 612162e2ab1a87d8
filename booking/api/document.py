"""The OpenAPI document, and what holds for every address below `/api/v1`."""

from http import HTTPStatus

from flask import Flask, Response, request
from flask_smorest import Api

from booking.api.problems import MEDIA_TYPE, http_problem
from booking.api.schemas import ProblemSchema
from booking.api.views.blueprint import PREFIX, bp

TITLE, VERSION, OPENAPI = "Booking", "1", "3.1.0"
BEARER = {"type": "http", "scheme": "bearer", "description": "The token of `POST /api/v1/tokens`."}


class Document(Api):
    """flask-smorest without its own errors (pages have theirs) and without its pages, which load from elsewhere."""

    def _register_error_handlers(self) -> None:
        """Leave the handlers of the house alone; the blueprint bears those of the API."""

    def _register_responses(self) -> None:
        content = {MEDIA_TYPE: {"schema": ProblemSchema}}
        named = {status.name: status.phrase for status in HTTPStatus}
        for name, phrase in {**named, "DEFAULT_ERROR": "Any other problem"}.items():
            self.spec.components.response(name, {"description": phrase, "content": content}, lazy=True)

    def _register_etag_headers(self) -> None:
        """No call uses the library's ETags."""

    def _register_pagination_header(self) -> None:
        """No call uses the library's pages; lists go by cursor."""


def install(app: Flask) -> None:
    """Describe the calls, once their blueprint is registered, and answer for addresses and methods that are none."""
    document = Document(app, spec_kwargs={"title": TITLE, "version": VERSION, "openapi_version": OPENAPI})
    app.extensions["flask-smorest"]["blp_name_to_api"][bp.name] = document
    document.spec.components.security_scheme("bearer", BEARER)
    bp.register_views_in_doc(document, app, document.spec, name=bp.name, parameters=None)

    @app.before_request
    def unrouted() -> Response | None:
        error = request.routing_exception
        if error is None or error.code is None or error.code < 400 or not request.path.startswith(f"{PREFIX}/"):
            return None
        return http_problem(error)
