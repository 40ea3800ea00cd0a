"""Whether a server may listen where others reach it: with users and HTTPS alone."""

import ssl
from ipaddress import ip_address

from desra_studio.config import Settings
from desra_studio.errors import InputError
from desra_studio.services.accounts.users import is_open
from desra_studio.services.studio import Studio


def is_exposed(settings: Settings) -> bool:
    """Tell whether others than this machine's people reach the server."""
    return settings.behind_proxy or not _is_loopback(settings.host)


def uses_https(settings: Settings) -> bool:
    """Tell whether the server itself speaks HTTPS."""
    return settings.certificate is not None


def check_exposure(studio: Studio) -> None:
    """Raise InputError, with what to do, where others would reach an open or a clear server.

    The voters' port is none of this: it has the voting page and nothing else.
    """
    settings = studio.settings
    _check_certificate(settings)
    if not is_exposed(settings):
        return
    where = "behind a proxy" if settings.behind_proxy else f"at {settings.host}"
    if is_open(studio):
        raise InputError(
            f"The studio would be open to everybody {where}: there are no users. Add the first: "
            "desra-studio users add NAME --role admin. To work alone, use --host 127.0.0.1."
        )
    if not (settings.behind_proxy or uses_https(settings)):
        raise InputError(
            f"Passwords would cross the network in the clear {where}. Give --certificate FILE and "
            "--certificate-key FILE, or --behind-proxy where nginx or Caddy does HTTPS."
        )


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _check_certificate(settings: Settings) -> None:
    certificate, key = settings.certificate, settings.certificate_key
    if (certificate is None) != (key is None):
        raise InputError("--certificate and --certificate-key go together. Give both.")
    if certificate is None or key is None:
        return
    try:
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(certificate, key)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise InputError(
            f"The certificate {certificate} with the key {key} cannot be used: "
            f"{reason or 'they are no PEM files that belong together'}."
        ) from error
