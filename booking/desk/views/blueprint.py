"""The one blueprint of the desk; `pages` puts its pages on it."""

from flask import Blueprint

bp = Blueprint("desk", __name__)
