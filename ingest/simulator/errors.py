"""Meta's errors: over HTTP when a request is refused, inside a status when a message fails later.

Titles and codes: https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes
"""

from secrets import token_urlsafe

from starlette.responses import JSONResponse

HREF = "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/"

# code: (HTTP status, title, details)
REFUSED = {
    1: (500, "An unknown error has occurred.", "An unexpected error occurred. Please retry your request later."),
    100: (400, "Invalid parameter", "One or more parameters are not supported or misspelled."),
    190: (401, "Error validating access token", "The access token has expired or is not valid."),
    368: (403, "Temporarily blocked for policies violations", "The business account is restricted."),
    130429: (
        400,
        "Rate limit hit",
        "Message failed to send because there were too many messages sent in a short time.",
    ),
    131000: (500, "Something went wrong", "Message failed to send due to an unknown error."),
    131008: (400, "Required parameter is missing", "A required parameter is missing."),
    131009: (400, "Parameter value is not valid", "A parameter value is not valid."),
    131031: (403, "Business Account locked", "The business account has been locked."),
    131053: (400, "Media upload error", "The media file could not be taken."),
    131056: (
        400,
        "(Business Account, Consumer Account) pair rate limit hit",
        "Message failed to send because there were too many messages sent to the same phone number in a short time.",
    ),
    132000: (400, "Number of parameters does not match the expected number of params", "Parameter count differs."),
    132001: (404, "Template name does not exist in the translation", "The template does not exist or is not approved."),
    132005: (400, "Translated text too long", "The filled template is longer than 1024 characters."),
    132015: (400, "Template is Paused", "The template is paused because of its quality."),
    132016: (400, "Template is Disabled", "The template is disabled for good because of its quality."),
    132018: (400, "There was a problem with the template's parameters", "A template parameter is not valid."),
    132068: (400, "Flow is blocked", "The Flow cannot be sent."),
    139001: (400, "Updating attempt failed", "The Flow cannot be changed."),
    139002: (400, "Publishing attempt failed", "The Flow cannot be published."),
}

# code: (title, details)
FAILED = {
    131026: ("Message undeliverable", "Message Undeliverable."),
    131042: ("Business eligibility payment issue", "There was an error related to your payment method."),
    131049: ("Not delivered", "This message was not delivered to maintain healthy ecosystem engagement."),
    131047: (
        "Re-engagement message",
        "Message failed to send because more than 24 hours have passed since the customer last replied to this number.",
    ),
}


class GraphError(Exception):
    """Meta refuses a request."""

    def __init__(self, code: int, details: str = "", *, subcode: int | None = None, http_status: int | None = None):
        status, title, usual = REFUSED[code]
        super().__init__(f"(#{code}) {title}")
        self.code = code
        self.subcode = subcode
        self.http_status = http_status or status
        self.details = details or usual

    def response(self) -> JSONResponse:
        error = {
            "message": str(self),
            "type": "OAuthException",
            "code": self.code,
            "error_data": {"messaging_product": "whatsapp", "details": self.details},
            "fbtrace_id": "A" + token_urlsafe(16),
        }
        if self.subcode:
            error["error_subcode"] = self.subcode
        return JSONResponse({"error": error}, self.http_status)


def unknown_object(object_id: str) -> GraphError:
    """What Meta answers for an id that it does not know."""
    details = f"Unsupported request. Object with ID '{object_id}' does not exist or cannot be loaded."
    return GraphError(100, details, subcode=33)


def failure(code: int) -> dict:
    """The error inside a failed status."""
    title, details = FAILED[code]
    return {"code": code, "title": title, "message": title, "error_data": {"details": details}, "href": HREF}
