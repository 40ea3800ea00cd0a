"""The routes of the Team page: users, their roles, and what was done by whom."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel

from desra_studio.services.accounts import audit, users
from desra_studio.services.studio import Studio
from desra_studio.ui.shared.answers import MAX_VERSION, NEVER
from desra_studio.vocabulary import Role


class NewUser(BaseModel):
    """Somebody to be let in; `adopt` for a name that worked here before."""

    name: str
    role: Role
    adopt: bool = False


class Change(BaseModel):
    """What becomes of a user; what is None stays."""

    role: Role | None = None
    disabled: bool | None = None


class Invitation(BaseModel):
    """Where somebody chooses their password, below the server's address; once, and for a week."""

    name: str
    path: str


def add_team_routes(router: APIRouter, studio: Studio) -> None:
    """Add them to the studio's routes."""

    @router.get("/api/users")
    def read_users(response: Response) -> list[users.UserView]:
        response.headers.update(NEVER)
        return users.list_users(studio)

    @router.post("/api/users", status_code=201)
    def add_user(sent: NewUser) -> Invitation:
        add = users.adopt_user if sent.adopt else users.add_user
        return _show_invitation(sent.name, add(studio, sent.name, sent.role))

    @router.patch("/api/users/{name}")
    def change_user(name: str, sent: Change) -> list[users.UserView]:
        if sent.role is not None:
            users.set_role(studio, name, sent.role)
        if sent.disabled is not None:
            change = users.disable_user if sent.disabled else users.enable_user
            change(studio, name)
        return users.list_users(studio)

    @router.post("/api/users/{name}/invitation", status_code=201)
    def invite_again(name: str) -> Invitation:
        return _show_invitation(name, users.invite_again(studio, name))

    @router.get("/api/audit")
    def read_audit(
        response: Response,
        before: Annotated[int | None, Query(ge=1, le=MAX_VERSION)] = None,
        actor: str | None = None,
    ) -> audit.AuditPage:
        response.headers.update(NEVER)
        return audit.read_events(studio, before, actor)


def _show_invitation(name: str, token: str | None) -> Invitation:
    return Invitation(name=name, path=f"/invite/{token}")
