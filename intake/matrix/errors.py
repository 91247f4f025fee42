"""What a call to the homeserver can end in, apart from success."""

from __future__ import annotations


class MatrixError(Exception):
    """The homeserver did not do what it was asked."""


class TokenRefused(MatrixError):
    """The token is not valid (any more): no call will ever succeed with it."""


class ServerDown(MatrixError):
    """No answer, or none of a homeserver's: trying again may help."""


class RateLimited(MatrixError):
    """Too much at once; ask again after `retry_after_s` seconds."""

    def __init__(self, retry_after_s: float) -> None:
        super().__init__(f"too many requests; again in {retry_after_s:.1f} s")
        self.retry_after_s = retry_after_s


class Rejected(MatrixError):
    """The homeserver understood and said no. errcode: Matrix's word for why."""

    def __init__(self, status: int, errcode: str, message: str) -> None:
        super().__init__(f"{status} {errcode}: {message}")
        self.status = status
        self.errcode = errcode


class TooLarge(MatrixError):
    """The file is larger than what we take in."""
