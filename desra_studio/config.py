"""Settings of one installation, from arguments and DESRA_STUDIO_* environment variables."""

import os
from pathlib import Path
from typing import Annotated, Literal, TypeAlias

from pydantic import BeforeValidator, Field
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from desra_studio.vocabulary import Role

LOCAL_HOST = "127.0.0.1"


def default_data_dir() -> Path:
    """Return `db/` of a source checkout, else the user's data directory (XDG)."""
    checkout = Path(__file__).resolve().parent.parent
    if (checkout / "pyproject.toml").is_file() and (checkout / "db").is_dir():
        return checkout / "db"
    base = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(base) / "desra-studio"


def split_folders(value: object) -> object:
    """Return the parts of a text as it stands in a variable such as PATH; other values as given."""
    return [part for part in value.split(os.pathsep) if part] if isinstance(value, str) else value


Folders: TypeAlias = Annotated[tuple[Path, ...], NoDecode, BeforeValidator(split_folders)]


class Settings(BaseSettings):
    """Where data lies and how the server runs; every field can be set by DESRA_STUDIO_NAME.

    Attributes:
        data_dir: folder of the database, the blobs and the runs.
        database_url: SQLAlchemy URL; empty means `studio.sqlite` in `data_dir`.
        device: `auto` (CUDA where there is one, else CPU), or a torch device name.
        host: address to listen on.
        port: TCP port to listen on.
        certificate: PEM file with the server's certificate and those above it, for HTTPS.
        certificate_key: PEM file of its private key.
        behind_proxy: whether a proxy on the way does HTTPS, and says whom it asks for.
        proxies: addresses of that proxy, with commas; no others are believed.
        oidc_issuer: address of a provider of OpenID Connect; empty for passwords alone.
        oidc_client_id: what the provider calls this server.
        oidc_client_secret: what this server proves that by.
        oidc_name: what the button on the login page says.
        oidc_claim: what of somebody becomes their name: preferred_username, email, name ...
        oidc_role: of those whom no admin added; None lets them not in.
        session_hours: after which users sign in again.
        voters: HOST:PORT at which voters reach the voting page, and nothing else; empty where they
            vote on this machine.
        log: `text`, what went wrong alone, or `json`, an object a line and one per request.
        metrics_token: lets a monitor read /metrics without a session; empty: admins alone do.
        author: name that is written beside the masks a person saves.
        blind_share: of each new dataset's pictures, 0 to 1, that are labelled before anything of
            the detector is shown; 0 turns that off.
        segmentation: SegFormer that names classes: `auto` (B5 on a GPU, B0 on a CPU), a hub id or a
            folder in transformers' format, or `none`.
        max_megapixels: larger images are refused on import.
        max_upload_mb: largest weight file the browser may upload, in 10^6 bytes.
        folders: what pages may import from; none means whatever the server can read.
        detectors: folder of the TorchScript detectors that pages may run; none without one.
    """

    model_config = SettingsConfigDict(env_prefix="DESRA_STUDIO_", frozen=True)

    data_dir: Path = default_data_dir()
    database_url: str = ""
    device: str = "auto"
    host: str = LOCAL_HOST
    port: int = Field(default=7860, ge=1, le=65535)
    certificate: Path | None = None
    certificate_key: Path | None = None
    behind_proxy: bool = False
    proxies: str = LOCAL_HOST
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: str = Field(default="", repr=False)
    oidc_name: str = "Single sign-on"
    oidc_claim: str = "preferred_username"
    oidc_role: Role | None = None
    session_hours: float = Field(default=168.0, gt=0, le=8784)
    voters: str = ""
    log: Literal["text", "json"] = "text"
    metrics_token: str = Field(default="", repr=False)
    author: str = os.environ.get("USER") or os.environ.get("USERNAME") or "reviewer"
    blind_share: float = Field(default=0.2, ge=0, le=1)
    segmentation: str = "auto"
    max_megapixels: float = 100.0
    max_upload_mb: int = 2000
    folders: Folders = ()
    detectors: Path | None = None
