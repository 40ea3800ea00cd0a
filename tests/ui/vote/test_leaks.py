"""Nothing that a voter is sent names, or lets them tell, what made a picture."""

import re

import pytest

from desra_studio.services.studies.lifecycle import describe_study
from desra_studio.storage.studies import list_items
from desra_studio.ui.shared.static_files import STATIC
from desra_studio.ui.vote.server import SHARED_SCRIPTS
from tests.factories.clients import open_client
from tests.factories.images import write_dataset
from tests.factories.studies import import_labelled, open_new

AGREED = {"consent": True, "display": {"zoom": 1, "ratio": 1, "width": 1366, "height": 768}}
WORDS = (b"gan", b"mse", b"desra", b"fine-tun", b"gold", b"identical", b"decoy", b"repeat", b"swap")


class Listener:
    """A voter's browser that keeps every byte it is sent."""

    def __init__(self, client):
        self.client, self.answers = client, []

    def send(self, method, path, **values):
        answer = self.client.request(method, path, **values)
        self.answers.append((path, answer))
        return answer

    def list_texts(self):
        """Return address, headers and body of every answer, in lower case, pixels apart."""
        for path, answer in self.answers:
            headers = "\n".join(f"{name}: {value}" for name, value in answer.headers.items())
            picture = answer.headers["content-type"] == "image/png"
            body = b"" if picture else answer.content
            yield path, path.encode().lower() + headers.encode().lower() + body.lower()


@pytest.fixture
def listened(studio, tmp_path):
    """A whole study, voted through with all its pictures, errors and a replay."""
    names = ("church-tower", "dog", "shed")
    folder = write_dataset(tmp_path / "source", names, size=(160, 160))
    dataset = import_labelled(studio, folder)
    study_id, links = open_new(studio, dataset, ("Alice B.", "Bob C."), name="gan-against-mse")
    with open_client(studio) as client:
        browser = Listener(client)
        for link in links:
            browser.send("GET", f"/vote/{link}")
            browser.send("GET", f"/vote/api/{link}")
            following = browser.send("POST", f"/vote/api/{link}/begin", json=AGREED).json()["next"]
            while trial := following["trial"]:
                for picture in [*trial["images"], {"url": trial["lr"]}]:
                    browser.send("GET", picture["url"])
                path = f"/vote/api/{link}/trials/{trial['code']}"
                sent = {
                    "answer": "left",
                    "nonce": browser.send("POST", f"{path}/shown").json()["nonce"],
                }
                following = browser.send("POST", path, json=sent).json()["next"]
                browser.send("POST", path, json=sent)
                browser.send("POST", path, json={"answer": "up", "nonce": ""})
            browser.send("GET", f"/vote/api/{link}")
        browser.send("GET", "/vote/api/forged.link")
        yield study_id, names, browser


def test_no_name_of_a_system_image_or_voter_is_sent(studio, listened):
    study_id, names, browser = listened
    told = describe_study(studio, study_id)
    with studio.database.read() as session:
        shas = {
            sha
            for item in list_items(session, study_id)
            for sha in (item.blob_a, item.blob_b, item.blob_lr)
        }
    secret = {*told.systems, *names, told.name, "Alice", "Bob C", told.manifest_sha, *shas}
    assert len(browser.answers) > 60
    for path, text in browser.list_texts():
        for word in secret:
            assert word.lower().encode() not in text, f"{path} tells {word}"


def test_no_word_that_tells_what_is_compared_or_checked_is_sent(listened):
    _, _, browser = listened
    for path, text in browser.list_texts():
        # The address of the static files has a hash, in which letters come by chance.
        plain = re.sub(rb"/studio/static/\w+|/vote/[\w./-]+|\b[\w-]{12}\b", b"", text)
        found = [word for word in WORDS if word in plain]
        assert not found, f"{path} tells {found}"


def test_pages_scripts_name_no_system_either():
    for path in [*(STATIC / "vote").rglob("*"), *(STATIC / name for name in SHARED_SCRIPTS)]:
        text = path.read_text().lower()
        for word in ("gan-sr", "mse-sr", "desra", "fine-tuned", "gold", "decoy", "identical"):
            assert word not in text, f"{path.name} tells {word}"


def test_nothing_is_kept_by_a_cache_and_no_header_tells_pictures_apart(listened):
    _, _, browser = listened
    headers = set()
    for path, answer in browser.answers:
        assert answer.headers["cache-control"] == "no-store", path
        assert answer.headers["referrer-policy"] == "no-referrer", path
        assert not {"etag", "last-modified", "set-cookie"} & set(answer.headers)
        if path.endswith(".png"):
            same = {name: value for name, value in answer.headers.items() if name != "x-request-id"}
            headers.add(tuple(sorted(same.items())))
    # Left, right and LR, gold or not: all pictures come under the very same headers, but for the
    # random number of the request.
    assert len(headers) == 1


def test_pictures_have_no_metadata(listened):
    _, _, browser = listened
    for path, answer in browser.answers:
        if path.endswith(".png"):
            chunks = set(
                re.findall(rb"(?:tEXt|iTXt|zTXt|eXIf|tIME|iCCP|gAMA)", answer.content[:200])
            )
            assert not chunks, path


def test_trials_of_every_role_look_alike(listened):
    _, _, browser = listened
    shapes = set()
    for _, answer in browser.answers:
        if "json" in answer.headers["content-type"] and "next" in answer.json():
            trial = answer.json()["next"]["trial"]
            if trial and not trial["training"]:
                shapes.add((*sorted(trial), trial["width"], trial["height"], len(trial["code"])))
    assert len(shapes) == 1
