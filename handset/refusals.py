"""Every refusal of the Messages API: Twilio's codes and sentences as data, and their JSON."""

from dataclasses import dataclass

from flask import Response, jsonify


@dataclass(frozen=True)
class Refusal:
    """An answer other than success: HTTP status, Twilio's error code and sentence."""

    status: int
    code: int
    message: str

    def response(self) -> Response:
        """The error body as Twilio's SDKs read it."""
        more_info = f"https://www.twilio.com/docs/errors/{self.code}"
        body = {"code": self.code, "message": self.message, "more_info": more_info}
        response = jsonify(body | {"status": self.status})
        response.status_code = self.status
        return response


UNAUTHORIZED = Refusal(401, 20003, "Authenticate")
NOT_FOUND = Refusal(404, 20404, "The requested resource was not found")
THROTTLED = Refusal(429, 20429, "Too Many Requests")
BUSY = Refusal(503, 20503, "Service is temporarily unavailable")
SERVER_ERROR = Refusal(500, 20500, "An internal server error has occurred")
BAD_TO = Refusal(400, 21211, "Invalid 'To' Phone Number")
BAD_FROM = Refusal(400, 21212, "Invalid 'From' Phone Number")
BODY_MISSING = Refusal(400, 21602, "Message body is required.")
FROM_MISSING = Refusal(400, 21603, "A 'From' phone number is required.")
TO_MISSING = Refusal(400, 21604, "A 'To' phone number is required.")
FROM_NOT_OURS = Refusal(
    400, 21606, "The 'From' phone number provided is not a valid message-capable Twilio number."
)
BAD_CALLBACK = Refusal(400, 21609, "The 'StatusCallback' URL is not a valid URL.")
OPTED_OUT = Refusal(400, 21610, "Attempt to send to unsubscribed recipient")
BODY_TOO_LONG = Refusal(
    400, 21617, "The concatenated message body exceeds the 1600 character limit"
)
BAD_DATE = Refusal(400, 20001, "DateSent must be a day such as 2026-12-31.")
BAD_PAGE = Refusal(400, 20001, "Page, PageSize or PageToken is not valid.")

# What a network can say of a number, by code.
OF_NUMBERS = {
    refusal.code: refusal
    for refusal in (
        BAD_TO,
        Refusal(
            400,
            21408,
            "Permission to send an SMS has not been enabled for the region indicated by the 'To'"
            " number",
        ),
        OPTED_OUT,
        Refusal(400, 21612, "The 'To' phone number is not currently reachable"),
        Refusal(400, 21614, "'To' number is not a valid mobile number"),
        Refusal(400, 21635, "'To' number cannot be a landline"),
    )
}
