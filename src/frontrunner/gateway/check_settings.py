"""Checks of the settings beyond their types: addresses that clash, files that cannot be used."""

from __future__ import annotations

from pathlib import Path

from frontrunner.base.errors import MissingExtraError, WrongSettingError
from frontrunner.base.gateway_settings import GatewaySettings
from frontrunner.gateway.owned import owned_paths
from frontrunner.gateway.sides import listen_address, parse_address, sides
from frontrunner.net.certificate import WrongFileError, check_authorities, check_files


def check_settings(settings: GatewaySettings) -> None:
    """Raises WrongSettingError for the first setting that cannot be used."""
    both = sides(settings)
    owned_paths(settings)
    _check_metrics(settings)
    _check_tls(settings)
    if any(side.tls for side in both):
        _check_authorities(settings)
    _check_feedback(settings)


def _check_metrics(settings: GatewaySettings) -> None:
    if settings.metrics and parse_address("metrics", settings.metrics) == listen_address(settings):
        raise WrongSettingError(
            "metrics",
            f"is {settings.metrics}, like gateway.listen. Set another port, or an empty text.",
        )


def _check_tls(settings: GatewaySettings) -> None:
    certificate, key = settings.tls_certificate, settings.tls_key
    if bool(certificate) != bool(key):
        raise WrongSettingError(
            "tls_key" if certificate else "tls_certificate",
            "is not set. gateway.tls_certificate and gateway.tls_key go together.",
        )
    if not certificate:
        return
    try:
        check_files(certificate, key)
    except WrongFileError as error:
        name = "tls_certificate" if error.file == certificate else "tls_key"
        raise WrongSettingError(name, f"cannot be used: {error}.") from error


def _check_authorities(settings: GatewaySettings) -> None:
    """Without authorities Envoy would believe any certificate of an https side."""
    if not settings.ca:
        raise WrongSettingError(
            "ca", "is empty, so no https board could be verified. Set it to a PEM file."
        )
    try:
        check_authorities(settings.ca)
    except WrongFileError as error:
        raise WrongSettingError("ca", f"cannot be used: {error}.") from error


def _check_feedback(settings: GatewaySettings) -> None:
    if not settings.feedback:
        return
    try:
        from frontrunner.base.sql import Database  # noqa: PLC0415 -- an extra
    except MissingExtraError as error:
        raise WrongSettingError("feedback", f"cannot be used: {error}.") from error
    try:
        Database(settings.feedback, Path()).close()
    except (ValueError, MissingExtraError) as error:
        raise WrongSettingError("feedback", f"cannot be used: {error}.") from error
