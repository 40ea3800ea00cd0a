"""The commands on users, and the server that refuses to be open to others."""

import io
import json
import sys

import pytest

from desra_studio.cli.app import main
from desra_studio.services.accounts.sessions import sign_in

PASSWORD = "four words and more"


@pytest.fixture
def run(data_dir, capsys, monkeypatch):
    """Run a command on the installation: returns its status and both outputs."""

    def run_command(*words, stdin=""):
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        status = 0
        try:
            main([*words, "--data-dir", str(data_dir)])
        except SystemExit as ended:
            status = ended.code
        said = capsys.readouterr()
        return status, said.out, said.err

    return run_command


def add(run, name, role="admin"):
    words = ("users", "add", name, "--role", role, "--password-stdin")
    status, _, said = run(*words, stdin=f"{PASSWORD}\n")
    assert status == 0, said


def test_users_are_added_listed_and_sign_in(run, studio):
    add(run, "Anna")
    add(run, "Bert", "reviewer")
    rows = json.loads(run("users", "list", "--json")[1])["users"]
    assert [(row["name"], row["role"], row["standing"]) for row in rows] == [
        ("Anna", "admin", "active"),
        ("Bert", "reviewer", "active"),
    ]
    assert sign_in(studio, "Bert", PASSWORD).account.role == "reviewer"


def test_without_a_password_an_invitation_is_printed(run):
    status, said, _ = run("users", "add", "Zoë", "--role", "reviewer")
    assert status == 0
    assert "Zoë is a reviewer." in said
    assert "/invite/" in said
    assert "There is no admin yet" in said


def test_passwords_roles_and_doors(run, studio):
    add(run, "Anna")
    add(run, "Bert", "reviewer")
    assert run("users", "passwd", "Bert", "--password-stdin", stdin="another password\n")[0] == 0
    assert sign_in(studio, "Bert", PASSWORD) is None
    assert run("users", "role", "Bert", "--role", "curator")[0] == 0
    assert sign_in(studio, "Bert", "another password").account.role == "curator"
    assert run("users", "disable", "Bert")[0] == 0
    assert sign_in(studio, "Bert", "another password") is None
    assert run("users", "enable", "Bert")[0] == 0
    assert sign_in(studio, "Bert", "another password")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("users", "add", "Anna", "--role", "king"), "'king' is not one of"),
        (("users", "add", "Anna"), "Missing option '--role'"),
        (
            ("users", "add", "Anna", "--role", "admin", "--password-stdin"),
            "has no password",
        ),
        (("users", "passwd", "Nobody", "--password-stdin"), "There is no user Nobody"),
        (("users", "adopt", "Nobody", "--role", "admin"), "Nobody named Nobody worked here"),
        (("users", "disable", "Nobody"), "There is no user Nobody"),
    ],
)
def test_bad_input_is_one_line(run, words, says):
    stdin = f"{PASSWORD}\n" if words[1] == "passwd" else ""
    status, out, said = run(*words, stdin=stdin)
    assert (status, out) == (2, "")
    assert says in said
    assert len(said.splitlines()) == 1


def test_the_last_admin_stays(run):
    add(run, "Anna")
    status, _, said = run("users", "disable", "Anna")
    assert (status, "last admin" in said) == (2, True)


EXPOSED = [("--host", "0.0.0.0"), ("--behind-proxy",), ("--host", "192.0.2.1")]


@pytest.mark.parametrize("words", EXPOSED)
def test_no_server_is_open_to_others_without_users(run, words):
    status, _, said = run("serve", "--no-pages", *words)
    assert status == 2
    assert "there are no users" in said
    assert "desra-studio users add NAME --role admin" in said


@pytest.mark.parametrize("words", [EXPOSED[0], EXPOSED[2]])
def test_no_password_crosses_the_network_in_the_clear(run, words):
    add(run, "Anna")
    status, _, said = run("serve", "--no-pages", *words)
    assert status == 2
    assert "in the clear" in said
    assert "--certificate FILE" in said
    assert "--behind-proxy" in said


def test_a_certificate_that_is_none_is_told(run, tmp_path):
    add(run, "Anna")
    file = tmp_path / "cert.pem"
    file.write_text("no certificate")
    words = ("serve", "--no-pages", "--host", "0.0.0.0", "--certificate", str(file))
    status, _, said = run(*words)
    assert (status, "go together" in said) == (2, True)
    for key in (file, tmp_path / "none.pem"):
        status, _, said = run(*words, "--certificate-key", str(key))
        assert status == 2
        assert "cannot be used" in said
        assert len(said.splitlines()) == 1
