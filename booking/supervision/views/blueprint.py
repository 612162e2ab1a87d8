"""The one blueprint of the supervisor's pages; `pages` puts them on it."""

from flask import Blueprint

bp = Blueprint("supervision", __name__)
SEE_OTHER, UNPROCESSABLE = 303, 422
