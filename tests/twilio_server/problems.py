"""What Twilio says when it refuses: `{code, message, more_info, status}`."""

from __future__ import annotations

CODES: dict[int, tuple[int, str]] = {
    10004: (400, "Call concurrency limit exceeded"),
    20001: (400, "Bad request: {detail}"),
    20003: (401, "Authenticate"),
    20404: (404, "The requested resource {detail} was not found"),
    20429: (429, "Too Many Requests"),
    20500: (500, "Internal Server Error"),
    21201: (400, "No 'To' number specified"),
    21205: (400, "Url parameter is required."),
    21210: (
        400,
        "The source phone number provided, {detail}, is not yet verified for your account",
    ),
    21211: (400, "The 'To' number {detail} is not a valid phone number."),
    21212: (400, "The 'From' number {detail} is not a valid phone number or caller id."),
    21214: (400, "The phone number {detail} you are attempting to call cannot be reached."),
    21215: (400, "Account not authorized to call {detail}. Enable some international permissions."),
    21216: (400, "Account not allowed to call {detail}."),
    21217: (400, "Phone number {detail} does not appear to be valid."),
    21219: (
        400,
        "The number {detail} is unverified. Trial accounts may only call verified numbers.",
    ),
    21220: (400, "Call is not in-progress. Cannot redirect."),
    21408: (400, "Permission to send an SMS has not been enabled for the region of {detail}."),
    21602: (400, "Message body is required."),
    21603: (400, "A 'From' phone number is required."),
    21604: (400, "A 'To' phone number is required."),
    21606: (400, "The 'From' phone number {detail} is not a valid, message-capable phone number."),
    21608: (400, "The number {detail} is unverified. Trial accounts may only text verified ones."),
    21610: (400, "Attempt to send to unsubscribed recipient"),
    21612: (400, "The 'To' phone number {detail} is not currently reachable via SMS."),
    21614: (400, "'To' number {detail} is not a valid mobile number"),
    21617: (400, "The concatenated message body exceeds the 1600 character limit."),
}


class Refusal(Exception):
    """A request that is answered with an error body."""

    def __init__(self, code: int, detail: str = "", status: int | None = None) -> None:
        known_status, text = CODES[code]
        self.code = code
        self.status = status or known_status
        self.text = text.format(detail=detail)
        super().__init__(f"{code}: {self.text}")

    def body(self) -> dict[str, object]:
        """What stands in the answer."""
        return {
            "code": self.code,
            "message": self.text,
            "more_info": f"https://www.twilio.com/docs/errors/{self.code}",
            "status": self.status,
        }
