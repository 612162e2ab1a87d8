"""The routes of this folder."""

from flask import Blueprint

bp = Blueprint("guides", __name__)
SEE_OTHER, UNPROCESSABLE, CONFLICT = 303, 422, 409
