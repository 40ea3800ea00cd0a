import pytest

from desra_studio.errors import InputError
from desra_studio.services.checks import check_name, check_person, join_words


@pytest.mark.parametrize("name", ["a", "Straße 2", "山田", "a  b", "'=1", "x" * 20, "é", "e\u0301"])
def test_names_that_can_be(name):
    assert check_name(f" \t{name}\n", "The name", 20) == name


@pytest.mark.parametrize(
    ("text", "got"),
    [
        ("", "''"),
        (" \t\n", "''"),
        ("x" * 21, f"21: {'x' * 21!r}"),
        ("x" * 300, f"300: {'x' * 60!r}..."),
        ("a\nb", r"'\n' in 'a\nb'"),
        ("a\0b", r"'\x00' in 'a\x00b'"),
        ("a\u202eb", r"'\u202e' in 'a\u202eb'"),
        ("a\u200bb", r"'\u200b' in 'a\u200bb'"),
        ("a\udcffb", r"'\udcff' in 'a\udcffb'"),
        ("\0" + "x" * 99, rf"'\x00' in {chr(0) + 'x' * 59!r}..."),
    ],
)
def test_says_what_is_wrong_with_a_name(text, got):
    with pytest.raises(InputError) as refusal:
        check_name(text, "The name", 20)
    assert str(refusal.value) == f"The name must have 1 to 20 printable letters, got {got}."


def test_people_are_named_with_single_spaces_or_not_at_all():
    assert check_person(" 山田\u3000太郎 \u00a0 x ") == "山田 太郎 x"
    assert check_person(" \t\n") == ""
    assert join_words("a \u2009 b") == "a b"
    with pytest.raises(InputError, match="A person's name must have 1 to 100"):
        check_person("a\tb")
