"""The reference: the smallest application the same server can carry. One route, a few bytes, no database."""

from flask import Flask

app = Flask(__name__)


@app.get("/")
def nothing() -> str:
    return "nothing\n"
