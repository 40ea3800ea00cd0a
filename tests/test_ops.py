"""The files in ops/, where Docker cannot run: what they name has to be there."""

import json
import re
from pathlib import Path

import pytest
import yaml

from desra_studio.cli.reference import list_commands
from desra_studio.config import Settings

ROOT = Path(__file__).parent.parent
OPS = ROOT / "ops"
DOCKERFILE = (OPS / "Dockerfile").read_text()
COMPOSE = yaml.safe_load((OPS / "compose.yaml").read_text())
UNIT = (OPS / "desra-studio.service").read_text()
FILES = sorted(path for path in OPS.iterdir() if path.is_file())
COMMANDS = {shown.name: shown for shown in list_commands()}


def read_instruction(name):
    """The words of the last instruction of a name in the Dockerfile, which stand as JSON there."""
    return json.loads(re.findall(rf"^{name} (\[.+\])$", DOCKERFILE, re.M)[-1])


STARTS = {
    "Dockerfile": read_instruction("ENTRYPOINT") + read_instruction("CMD"),
    "compose.yaml": read_instruction("ENTRYPOINT") + COMPOSE["services"]["studio"]["command"],
    "desra-studio.service": re.search(r"^ExecStart=\S+/(.+)$", UNIT, re.M)[1].split(),
}
STARTS |= {
    words: ["desra-studio", *words.split()]
    for words in re.findall(
        r"^ *(?:docker compose run --rm studio|/opt\S+/desra-studio) (.+)$",
        (OPS / "README.md").read_text(),
        re.M,
    )
}


@pytest.mark.parametrize("words", STARTS.values(), ids=STARTS)
def test_commands_and_their_options_are_there(words):
    name = next(name for name in (" ".join(words[1:3]), words[1]) if name in COMMANDS)
    known = {option for one in COMMANDS[name].parameters for option in one.opts}
    assert {word for word in words if word.startswith("--")} <= known


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_variables_are_settings(path):
    named = set(re.findall(r"DESRA_STUDIO_(\w+)", path.read_text()))
    assert named <= {name.upper() for name in Settings.model_fields}


def test_what_the_image_is_made_of_is_there():
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.M)
    ignored = (OPS / "Dockerfile.dockerignore").read_text().splitlines()
    for name in " ".join(copied).split():
        assert (ROOT / name).exists(), name
        assert f"!{name}" in ignored
    assert (ROOT / "ops" / COMPOSE["services"]["studio"]["build"]["context"]).samefile(ROOT)


def test_the_image_runs_as_nobody_and_is_asked_how_it_is():
    assert re.findall(r"^USER (.+)$", DOCKERFILE, re.M)[-1] == "10001"
    assert "/healthz" in DOCKERFILE
    assert "VOLUME /data" in DOCKERFILE


def test_only_the_proxy_is_reached_and_only_it_is_believed():
    services = COMPOSE["services"]
    assert [name for name, service in services.items() if "ports" in service] == ["caddy"]
    believed = services["studio"]["environment"]["DESRA_STUDIO_PROXIES"]
    assert services["caddy"]["networks"]["outside"]["ipv4_address"] == believed
    assert services["database"]["networks"] == ["inside"]
    assert COMPOSE["networks"]["inside"]["internal"] is True


@pytest.mark.parametrize("name", ["nginx.conf", "Caddyfile"])
def test_proxies_limit_no_upload_and_hold_no_event_back(name):
    text = (OPS / name).read_text()
    wanted = {
        "nginx.conf": (
            "client_max_body_size 0;",
            "proxy_set_header Host $http_host;",
            "proxy_set_header X-Forwarded-For $remote_addr;",
            "proxy_set_header X-Forwarded-Proto $scheme;",
            "proxy_set_header X-Request-ID $request_id;",
            "location /gradio_api/ {",
            "proxy_buffering off;",
        ),
        "Caddyfile": ("header_up X-Request-ID {http.request.uuid}", "flush_interval -1"),
    }
    for line in wanted[name]:
        assert line in text, line


def test_jobs_outlive_the_unit():
    assert "\nKillMode=process\n" in UNIT
    assert "\nPrivateTmp=" not in UNIT
