"""The one blueprint of all pages of transfers; `pages` puts them on it."""

from flask import Blueprint

bp = Blueprint("transfers", __name__)
SEE_OTHER, UNPROCESSABLE = 303, 422
