"""The front page and what belongs to no feature."""

from flask import Blueprint

bp = Blueprint("home", __name__)
