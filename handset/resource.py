"""A message as Twilio's Messages resource: its field names, dates and quirks."""

from datetime import UTC, datetime
from email.utils import format_datetime

from handset.messages import Direction, Message, Status
from handset.webhooks import API_VERSION

_ERRORS = {30003: "Unreachable destination handset"}


def messages_uri(account_sid: str) -> str:
    """The path of an account's list of messages."""
    return f"/{API_VERSION}/Accounts/{account_sid}/Messages.json"


def resource(message: Message, account_sid: str) -> dict[str, object]:
    """The JSON of one message; dates in RFC 2822, num_segments and num_media as text."""
    path = f"/{API_VERSION}/Accounts/{account_sid}/Messages/{message.sid}"
    return {
        "sid": message.sid,
        "account_sid": account_sid,
        "api_version": API_VERSION,
        "body": message.body,
        "date_created": _date(message.created),
        "date_sent": _date(message.sent),
        "date_updated": _date(message.updated),
        "direction": message.direction.value,
        "error_code": _error_code(message),
        "error_message": _ERRORS.get(_error_code(message) or 0),
        "from": None if _waits_for_sender(message) else message.sender,
        "messaging_service_sid": message.service,
        "num_media": "0",
        "num_segments": "0" if _waits_for_sender(message) else str(message.segments),
        "price": None,
        "price_unit": "USD",
        "status": _status(message).value,
        "subresource_uris": {"media": f"{path}/Media.json"},
        "to": message.recipient,
        "uri": f"{path}.json",
    }


def _date(moment: float | None) -> str | None:
    return None if moment is None else format_datetime(datetime.fromtimestamp(moment, UTC))


def _waits_for_sender(message: Message) -> bool:
    """A messaging service chooses its sender only when it sends."""
    return message.service is not None and message.sent is None


def _status(message: Message) -> Status:
    """Twilio has received an inbound text whatever became of the webhook."""
    return Status.RECEIVED if message.direction is Direction.INBOUND else message.status


def _error_code(message: Message) -> int | None:
    return None if message.direction is Direction.INBOUND else message.error_code
