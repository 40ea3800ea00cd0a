"""Users: added, adopted with their labels, and never without an admin."""

import pytest

from desra_studio.errors import InputError, NotFoundError
from desra_studio.services.accounts import sessions
from desra_studio.services.accounts.passwords import hash_password, is_password
from desra_studio.services.accounts.users import (
    add_user,
    adopt_user,
    disable_user,
    enable_user,
    invite_again,
    list_users,
    set_password,
    set_role,
)
from desra_studio.storage import users as rows
from desra_studio.vocabulary import Role
from tests.factories.studio import accept_detected, import_detected

PASSWORD = "four words and more"


def describe(studio):
    return {view.name: (view.role, view.standing.value, view.works) for view in list_users(studio)}


def test_a_hash_is_no_password_and_tells_its_own_alone():
    hashed = hash_password(PASSWORD)
    assert hashed.startswith("$argon2id$")
    assert hashed != hash_password(PASSWORD), "each has a salt of its own"
    assert is_password(PASSWORD, hashed)
    assert not is_password(PASSWORD + " ", hashed)
    assert not is_password(PASSWORD, None)
    assert not is_password(PASSWORD, "no hash")


def test_a_name_that_worked_here_is_adopted_and_never_taken(studio, dataset_folder):
    accept_detected(studio, import_detected(studio, dataset_folder))
    assert describe(studio) == {"tester": (None, "no user", 3)}
    with pytest.raises(InputError, match=r"users adopt tester --role reviewer"):
        add_user(studio, "tester", Role.REVIEWER, PASSWORD)
    with pytest.raises(NotFoundError, match=r"known: tester"):
        adopt_user(studio, "nobody", Role.REVIEWER)
    adopt_user(studio, "tester", Role.REVIEWER, PASSWORD)
    assert describe(studio) == {"tester": (Role.REVIEWER, "active", 3)}
    with pytest.raises(InputError, match="a user already"):
        adopt_user(studio, "tester", Role.ADMIN, PASSWORD)


def test_somebody_who_set_keys_only_is_added_and_keeps_them(studio):
    with studio.database.write() as session:
        rows.put_user(session, "Anna").settings = {"keys": {}}
    assert describe(studio) == {}
    add_user(studio, "Anna", Role.CURATOR, PASSWORD)
    with studio.database.read() as session:
        assert rows.find_user(session, "Anna").settings == {"keys": {}}


@pytest.mark.parametrize(
    ("name", "password", "says"),
    [
        ("", PASSWORD, "needs a name"),
        ("x" * 101, PASSWORD, "1 to 100"),
        ("a\nb", PASSWORD, "printable"),
        ("Anna", "seven77", "8 to 200 letters, this one 7"),
        ("Anna", "x" * 201, "8 to 200"),
        ("Ann Smith", "ann smith", "is the name"),
    ],
)
def test_what_cannot_be_is_refused(studio, name, password, says):
    with pytest.raises(InputError, match=says):
        add_user(studio, name, Role.ADMIN, password)
    assert describe(studio) == {}


def test_there_is_always_an_admin_who_can_sign_in(studio):
    add_user(studio, "Anna", Role.ADMIN, PASSWORD)
    add_user(studio, "Bert", Role.ADMIN)
    for change in (
        lambda: disable_user(studio, "Anna"),
        lambda: set_role(studio, "Anna", Role.CURATOR),
    ):
        with pytest.raises(InputError, match="last admin"):
            change()
    set_password(studio, "Bert", PASSWORD)
    disable_user(studio, "Anna")
    assert sessions.sign_in(studio, "Anna", PASSWORD) is None
    enable_user(studio, "Anna")
    assert sessions.sign_in(studio, "Anna", PASSWORD).account.role is Role.ADMIN


def test_a_new_invitation_ends_the_one_before(studio):
    first = add_user(studio, "Anna", Role.ADMIN)
    second = invite_again(studio, "Anna")
    with pytest.raises(InputError, match="over, or was used"):
        sessions.read_invitation(studio, first)
    assert sessions.read_invitation(studio, second) == "Anna"
    set_password(studio, "Anna", PASSWORD)
    with pytest.raises(InputError, match="over, or was used"):
        sessions.accept_invitation(studio, second, PASSWORD)


def test_a_session_ends_with_its_time(studio, monkeypatch):
    add_user(studio, "Anna", Role.ADMIN, PASSWORD)
    cookie = sessions.sign_in(studio, "Anna", PASSWORD).cookie
    assert sessions.find_account(studio, cookie).name == "Anna"
    begun = sessions.now()
    from datetime import timedelta

    monkeypatch.setattr(sessions, "now", lambda: begun + timedelta(days=8))
    assert sessions.find_account(studio, cookie) is None


def test_a_cookie_of_another_installation_is_nobodys(studio):
    add_user(studio, "Anna", Role.ADMIN, PASSWORD)
    cookie = sessions.sign_in(studio, "Anna", PASSWORD).cookie
    key = studio.settings.data_dir / "session.key"
    assert key.stat().st_mode & 0o777 == 0o600
    key.unlink()
    assert sessions.find_account(studio, cookie) is None


def test_nobody_can_sign_in_with_what_stands_in_the_database(studio):
    add_user(studio, "Anna", Role.ADMIN, PASSWORD)
    cookie = sessions.sign_in(studio, "Anna", PASSWORD).cookie
    studio.database.close()
    stored = b"".join(path.read_bytes() for path in studio.settings.data_dir.glob("studio.sqlite*"))
    assert PASSWORD.encode() not in stored
    assert cookie.partition(".")[0].encode() not in stored
