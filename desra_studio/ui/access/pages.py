"""The pages on which people sign in, or choose their password: plain forms, without a script."""

import html
from urllib.parse import quote

from desra_studio.services.accounts.passwords import MAX_LETTERS, MIN_LETTERS
from desra_studio.ui.shared.static_files import STATIC_URL

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta name="color-scheme" content="light dark">
<title>{title} · DeSRA Studio</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="{static}/access/access.css">
</head>
<body>
<main>
<h1>DeSRA Studio</h1>
{body}
</main>
</body>
</html>
"""
_LOGIN = """<form method="post" action="/login">
<input type="hidden" name="next" value="{wanted}">
<label for="name">Name</label>
<input id="name" name="name" value="{name}" autocomplete="username" required maxlength="100"
 autocapitalize="none" spellcheck="false"{name_focus}>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required
 maxlength="{most}"{password_focus}>
{problem}
<button type="submit">Sign in</button>
</form>
{provider}
<p class="hint">No account, or no password? An admin of your team makes you a link.</p>"""
_INVITE = """<form method="post">
<p>Welcome, <strong>{name}</strong>. Choose the password that you sign in with.</p>
<input type="hidden" name="username" value="{name}" autocomplete="username">
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="new-password" required
 minlength="{least}" maxlength="{most}" aria-describedby="rule" autofocus>
<p class="hint" id="rule">At least {least} letters. A few words that you can remember are best.</p>
{problem}
<button type="submit">Begin</button>
</form>"""
_REFUSED = """<p class="wrong" role="alert">{problem}</p>
<p class="hint"><a href="/">Go to the pages</a></p>"""
_OVER = """<p class="wrong" role="alert">{problem}</p>
<p class="hint"><a href="/login">Sign in</a> if you have a password.</p>"""


def render_login(name: str = "", wanted: str = "/", problem: str = "", provider: str = "") -> str:
    """Return the page that asks for name and password, or leads to a provider of that name."""
    focused, other = " autofocus", ""
    return _render(
        "Sign in",
        _LOGIN.format(
            name=html.escape(name),
            wanted=html.escape(wanted),
            most=MAX_LETTERS,
            problem=_render_problem(problem),
            provider=_render_provider(provider, wanted),
            name_focus=other if name else focused,
            password_focus=focused if name else other,
        ),
    )


def render_invitation(name: str, problem: str = "") -> str:
    """Return the page on which somebody who was invited chooses a password."""
    return _render(
        "Welcome",
        _INVITE.format(
            name=html.escape(name),
            least=MIN_LETTERS,
            most=MAX_LETTERS,
            problem=_render_problem(problem),
        ),
    )


def render_over(problem: str) -> str:
    """Return the page of an invitation that does not count."""
    return _render("Invitation", _OVER.format(problem=html.escape(problem)))


def render_refusal(problem: str) -> str:
    """Return the page of an address that somebody may not see, or that there is not."""
    return _render("Not here", _REFUSED.format(problem=html.escape(problem)))


def _render(title: str, body: str) -> str:
    return _PAGE.format(title=title, static=STATIC_URL, body=body)


def _render_provider(provider: str, wanted: str) -> str:
    if not provider:
        return ""
    there = html.escape(f"/login/sso?next={quote(wanted)}")
    return f'<p class="or"><a class="button" href="{there}">{html.escape(provider)}</a></p>'


def _render_problem(problem: str) -> str:
    return f'<p class="wrong" role="alert">{html.escape(problem)}</p>' if problem else ""
