"""Headers of every response: whatever a browser is led to, an answer is data, nobody's frame, and kept by no cache."""

from starlette.datastructures import Headers, MutableHeaders

_ALWAYS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
"""Where a response says something else itself, as a page with its stylesheet does, that stands."""
_BY_HTTPS = "max-age=31536000"


def is_form_encoded(headers: Headers) -> bool:
    """Whether the body is a form as RFC 6749 has it; one in parts may name a charset whose texts nothing can hold."""
    return headers.get("content-type", "").partition(";")[0].strip().lower() == "application/x-www-form-urlencoded"


def rate_headers(per_minute: int, burst: int, remaining: int, reset_seconds: int) -> dict[str, str]:
    """What a client is told of its rate, in the words of the IETF's draft-ietf-httpapi-ratelimit-headers.

    remaining: calls that may come at once; reset_seconds: until the whole burst may.
    """
    return {
        "RateLimit-Policy": f'"calls";q={per_minute};w=60;burst={burst}',
        "RateLimit": f'"calls";r={remaining};t={reset_seconds}',
    }


def security_headers(scheme: str) -> dict[str, str]:
    """What every response says that says nothing else itself. scheme: `https` also tells the browser to come by no
    other."""
    return _ALWAYS | {"Strict-Transport-Security": _BY_HTTPS} if scheme == "https" else _ALWAYS


def secure(headers: MutableHeaders, scheme: str) -> None:
    """Add what a response does not say itself."""
    for name, value in security_headers(scheme).items():
        headers.setdefault(name, value)
