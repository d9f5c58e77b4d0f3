"""What Flask costs without Henji: one route that reads nothing and answers the same."""

from flask import Flask, Response

app = Flask(__name__, static_folder=None)


@app.get("/healthz")
def healthz() -> Response:
    """Tell that it is up."""
    return Response("ok")


@app.post("/webhooks/twilio/messages")
def messages() -> Response:
    """Answer an empty TwiML."""
    return Response("<Response />", mimetype="text/xml")
