"""The commands on who may work here."""

import sys
from typing import Annotated

import typer

from desra_studio.cli.console import DatabaseUrl, DataDir, Json, make_settings, print_result
from desra_studio.errors import InputError
from desra_studio.services.studio import Studio, open_studio
from desra_studio.vocabulary import Role

users_app = typer.Typer(help="Say who may work here, and what they may do.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="The user's name, which stands beside what they make.")]
RoleOption = Annotated[
    Role,
    typer.Option(
        "--role",
        help="reviewer (labels, verdicts, scores), curator (imports, detection, studies, too) or "
        "admin (users, models, fine-tuning, too).",
    ),
]
PasswordStdin = Annotated[
    bool,
    typer.Option(
        "--password-stdin",
        help="Read the password from the first line of standard input; without it, an invitation "
        "is printed, with which they choose one.",
    ),
]


@users_app.command(name="list")
def list_(
    data_dir: DataDir = None, database_url: DatabaseUrl = None, as_json: Json = False
) -> None:
    """List the users, and the names that worked here before there were users."""
    from desra_studio.services.accounts.users import list_users

    views = list_users(_open(data_dir, database_url))
    rows = [
        {
            "name": view.name,
            "role": view.role,
            "standing": view.standing,
            "works": view.works,
            "signed_in": view.signed_in.isoformat() if view.signed_in else None,
        }
        for view in views
    ]
    lines = [
        f"{view.name}: {view.role or 'no user, see: desra-studio users adopt'}"
        + (f", {view.standing}" if view.role else "")
        + f", {view.works} {'mask' if view.works == 1 else 'masks'}"
        for view in views
    ]
    empty = "There are no users: whoever sits at this machine does everything."
    print_result({"users": rows}, "\n".join(lines) or empty, as_json)


@users_app.command()
def add(
    name: Name,
    role: RoleOption,
    password_stdin: PasswordStdin = False,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
    as_json: Json = False,
) -> None:
    """Add a user. From the first one on, everybody signs in."""
    from desra_studio.services.accounts.users import add_user

    studio = _open(data_dir, database_url)
    invitation = add_user(studio, name, role, _read_password(password_stdin))
    _tell_admitted(studio, name, role, invitation, as_json)


@users_app.command()
def adopt(
    name: Name,
    role: RoleOption,
    password_stdin: PasswordStdin = False,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
    as_json: Json = False,
) -> None:
    """Make a name that worked here before a user: its labels keep their author."""
    from desra_studio.services.accounts.users import adopt_user

    studio = _open(data_dir, database_url)
    invitation = adopt_user(studio, name, role, _read_password(password_stdin))
    _tell_admitted(studio, name, role, invitation, as_json)


@users_app.command()
def invite(
    name: Name,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
    as_json: Json = False,
) -> None:
    """Print a new invitation for a user who lost their password; the one before is over."""
    from desra_studio.services.accounts.users import invite_again

    invitation = invite_again(_open(data_dir, database_url), name)
    print_result(_show(name, invitation), _describe_invitation(name, invitation), as_json)


@users_app.command()
def passwd(
    name: Name,
    password_stdin: PasswordStdin = False,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Give a user another password, and sign them out everywhere."""
    from desra_studio.services.accounts.users import set_password

    studio = _open(data_dir, database_url)
    password = _read_password(password_stdin) or typer.prompt(
        f"New password of {name}", hide_input=True, confirmation_prompt=True
    )
    set_password(studio, name, password)
    typer.echo(f"{name} has another password, and is signed out everywhere.")


@users_app.command()
def role(
    name: Name,
    role: RoleOption,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Let a user do more, or less."""
    from desra_studio.services.accounts.users import set_role

    set_role(_open(data_dir, database_url), name, role)
    typer.echo(f"{name} is a {role}.")


@users_app.command()
def disable(name: Name, data_dir: DataDir = None, database_url: DatabaseUrl = None) -> None:
    """Let a user in no more, from this moment; what they made stays theirs."""
    from desra_studio.services.accounts.users import disable_user

    disable_user(_open(data_dir, database_url), name)
    typer.echo(f"{name} is disabled, and signed out everywhere.")


@users_app.command()
def enable(name: Name, data_dir: DataDir = None, database_url: DatabaseUrl = None) -> None:
    """Let a user in again who was disabled."""
    from desra_studio.services.accounts.users import enable_user

    enable_user(_open(data_dir, database_url), name)
    typer.echo(f"{name} may sign in again.")


def _open(data_dir: DataDir, database_url: DatabaseUrl) -> Studio:
    return open_studio(make_settings(data_dir=data_dir, database_url=database_url))


def _read_password(from_stdin: bool) -> str | None:
    if not from_stdin:
        return None
    password = sys.stdin.readline().rstrip("\r\n")
    if not password:
        raise InputError("Standard input has no password in its first line.")
    return password


def _tell_admitted(
    studio: Studio, name: str, role: Role, invitation: str | None, as_json: bool
) -> None:
    from desra_studio.services.accounts.users import has_admin

    line = f"{name} is a {role}." if role is not Role.ADMIN else f"{name} is an admin."
    if invitation:
        line += " " + _describe_invitation(name, invitation)
    if not (role is Role.ADMIN or has_admin(studio)):
        line += " There is no admin yet who could sign in: add one, too."
    print_result({**_show(name, invitation), "role": role}, line, as_json)


def _show(name: str, invitation: str | None) -> dict[str, str | None]:
    return {"name": name, "invitation": f"/invite/{invitation}" if invitation else None}


def _describe_invitation(name: str, invitation: str) -> str:
    return (
        f"Within 7 days {name} chooses a password at /invite/{invitation}, below the server's "
        "address. The link counts once: send it to nobody else."
    )
