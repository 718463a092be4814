"""Short-lived URLs and tokens that carry their own permission."""

from __future__ import annotations

from typing import Any, Final

from itsdangerous import BadSignature, SignatureExpired, URLSafeTimedSerializer

from runstone.domain.errors import PermissionDenied

UPLOAD_LIFETIME_S: Final = 24 * 3600
DOWNLOAD_LIFETIME_S: Final = 6 * 3600


class Signer:
    """Signs small JSON values for one purpose each; only this server's secret can."""

    def __init__(self, secret: str) -> None:
        self._secret = secret

    def sign(self, purpose: str, value: Any) -> str:
        """A URL-safe token for `value` (JSON), good for `purpose` alone."""
        return self._serializer(purpose).dumps(value)

    def verify(self, purpose: str, token: str, *, max_age_s: int) -> Any:
        """The value of a token.

        Raises:
            PermissionDenied: Not signed here, for something else, or older than `max_age_s`.
        """
        try:
            return self._serializer(purpose).loads(token, max_age=max_age_s)
        except SignatureExpired as error:
            raise PermissionDenied(
                f"The link has expired ({purpose}); ask for a new one.", code="link-expired"
            ) from error
        except BadSignature as error:
            raise PermissionDenied(
                f"The link's signature is not valid ({purpose}).", code="bad-signature"
            ) from error

    def _serializer(self, purpose: str) -> URLSafeTimedSerializer:
        return URLSafeTimedSerializer(self._secret, salt=f"runstone.{purpose}")
