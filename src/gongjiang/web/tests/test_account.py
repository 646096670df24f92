"""Signing in with more than a password, by another's word, and proving again who one is."""

import json
import secrets
import threading
import time
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from joserfc import jwt
from joserfc.jwk import RSAKey

from gongjiang.kernel.access.actor import Actor, scope
from gongjiang.kernel.access.models import Grant
from gongjiang.kernel.access.roles import Role
from gongjiang.kernel.accounts import second
from gongjiang.kernel.accounts.models import Elevation, Login, SignOn
from gongjiang.kernel.people.crypto import reveal

PASSWORD = "a short sentence of one's own"


def _password(member):
    member.user.set_password(PASSWORD)
    member.user.save(update_fields=["password"])
    return {"username": member.user.username, "password": PASSWORD}


def _enrol(user):
    with scope(Actor(user=user.pk)):
        second.begin(user)
        secret = second.waiting(user)
        codes = second.confirm(user, pyotp.TOTP(secret).at(timezone.now() - timedelta(seconds=second.STEP)))
    return pyotp.TOTP(secret), codes


def test_right_password_alone_opens_no_account_with_an_authenticator(cast):
    sent = _password(cast["superior"])
    totp, codes = _enrol(cast["superior"].user)
    client = Client()
    first = client.post(reverse("sign-in"), {**sent, "next": "/desk/"})
    assert first.headers["Location"] == reverse("second-factor")
    assert client.get(reverse("desk")).status_code == 302
    wrong = client.post(reverse("second-factor"), {"code": "000000"})
    assert (wrong.status_code, client.get(reverse("desk")).status_code) == (422, 302)
    right = client.post(reverse("second-factor"), {"code": totp.now()})
    assert right.headers["Location"] == "/desk/"
    assert client.get(reverse("desk")).status_code == 200
    other = Client()
    other.post(reverse("sign-in"), sent)
    assert other.post(reverse("second-factor"), {"code": codes[0]}).status_code == 302
    assert list(Login.objects.order_by("pk").values_list("means", flat=True)) == [
        "second_factor",
        "recovery_code",
    ]


def test_guessing_codes_locks_and_the_count_survives_the_refusal(cast, settings):
    settings.SIGN_IN_FAILURES = (3, 30, 100)
    sent = _password(cast["superior"])
    totp, _codes = _enrol(cast["superior"].user)
    client = Client()
    client.post(reverse("sign-in"), sent)
    for _ in range(3):
        client.post(reverse("second-factor"), {"code": "000000"})
    assert client.post(reverse("second-factor"), {"code": totp.now()}).status_code == 422
    assert Client().post(reverse("sign-in"), sent).status_code == 422


def test_lock_out_holds_against_the_right_password_and_says_until_when(cast, settings):
    settings.SIGN_IN_FAILURES = (2, 30, 100)
    sent = _password(cast["superior"])
    for _ in range(2):
        Client().post(reverse("sign-in"), {**sent, "password": "wrong"})
    page = Client(headers={"accept-language": "zh"}).post(reverse("sign-in"), sent)
    assert page.status_code == 422
    assert "失败次数太多" in page.content.decode()
    assert Login.objects.count() == 0


def test_administrator_without_authenticator_sets_one_up_first(cast, settings):
    settings.SECOND_FACTOR_ROLES = frozenset({Role.SECURITY_ADMIN})
    member = cast["stranger"]
    Grant.objects.create(
        user=member.user, role=Role.SECURITY_ADMIN, unit=cast.city, since=timezone.localdate()
    )
    client = Client()
    client.post(reverse("sign-in"), _password(member))
    assert client.get(reverse("grants")).headers["Location"] == reverse("authenticator")
    assert client.get(reverse("authenticator")).status_code == 200
    secret = reveal(member.user.second_factor.secret)
    done = client.post(reverse("authenticator"), {"code": pyotp.TOTP(secret).now()})
    assert len(done.context["codes"]) == second.CODES
    assert client.get(reverse("grants")).status_code == 200


def test_giving_a_role_asks_who_one_is_and_keeps_what_was_typed(cast):
    member = cast["county_officer"]
    client = Client()
    client.post(reverse("sign-in"), _password(member))
    form = {
        "username": "colleague", "unit": cast.works.name, "role": Role.UNIT_OFFICER,
        "since": timezone.localdate().isoformat(), "until": "",
    }  # fmt: skip
    asked = client.post(reverse("appoint"), form)
    assert asked.headers["Location"] == f"{reverse('elevate')}?next=%2Fdesk%2Fgrants%2Fnew%2F"
    wrong = client.post(asked.headers["Location"], {"reason": "任命", "password": "wrong"})
    assert (wrong.status_code, Elevation.objects.count()) == (422, 0)
    right = client.post(asked.headers["Location"], {"reason": "任命", "password": PASSWORD})
    assert right.headers["Location"] == reverse("appoint")
    assert client.get(reverse("appoint")).context["form"].initial["username"] == "colleague"
    assert client.post(reverse("appoint"), form).headers["Location"] == reverse("grants")
    assert cast["colleague"].actor.has(Role.UNIT_OFFICER)
    client.post(reverse("account"), {"lower": "1"})
    assert client.post(reverse("appoint"), form).status_code == 302


def test_changing_the_password_ends_other_logins(cast):
    sent = _password(cast["leader"])
    here, elsewhere = Client(), Client()
    for client in (here, elsewhere):
        client.post(reverse("sign-in"), sent)
    weak = here.post(reverse("password"), {"old": PASSWORD, "new": "1234567890", "again": "1234567890"})
    assert weak.status_code == 422
    new = "another sentence nobody knows"
    assert here.post(reverse("password"), {"old": PASSWORD, "new": new, "again": new}).status_code == 302
    assert [c.get(reverse("desk")).status_code for c in (here, elsewhere)] == [200, 302]


@pytest.fixture
def provider(settings, tmp_path):
    """An identity provider on this machine that vouches for whoever `says` names."""
    key = RSAKey.generate_key(2048, {"kid": "k1", "use": "sig", "alg": "RS256"})
    says = {"sub": "s-1", "nonce": "", "aud": "gongjiang"}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            base = f"http://127.0.0.1:{self.server.server_port}"
            self._send(
                {
                    "issuer": base,
                    "authorization_endpoint": f"{base}/ask",
                    "token_endpoint": f"{base}/token",
                    "jwks_uri": f"{base}/keys",
                    "id_token_signing_alg_values_supported": ["RS256"],
                }
                if "well-known" in self.path
                else {"keys": [key.as_dict(private=False)]}
            )

        def do_POST(self):
            now = int(time.time())
            claims = {
                "iss": f"http://127.0.0.1:{self.server.server_port}",
                "iat": now,
                "exp": now + 60,
                **says,
            }
            token = jwt.encode({"alg": "RS256", "kid": "k1"}, claims, key)
            self._send({"access_token": "a", "token_type": "Bearer", "id_token": token})

        def _send(self, body):
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    file = tmp_path / "oidc.json"
    base = f"http://127.0.0.1:{server.server_port}"
    row = {
        "name": f"idp{secrets.token_hex(3)}", "label": "省统一认证（演示）", "client_id": "gongjiang",
        "metadata_url": f"{base}/.well-known/openid-configuration", "client_secret": "s",
    }  # fmt: skip
    file.write_text(json.dumps([row]))
    settings.OIDC_FILE = str(file)
    yield row["name"], says
    server.shutdown()


def _go(client, name, says, **query):
    leave = client.get(reverse("single-sign-on", args=[name]), query)
    asked = parse_qs(urlsplit(leave.headers["Location"]).query)
    says["nonce"] = asked["nonce"][0]
    return client.get(
        reverse("single-sign-on-return", args=[name]), {"code": "c", "state": asked["state"][0]}
    )


def test_unknown_identity_is_told_to_link_and_then_signs_in(cast, provider):
    name, says = provider
    client = Client()
    assert _go(client, name, says).status_code == 403
    client.post(reverse("sign-in"), _password(cast["leader"]))
    assert _go(client, name, says).headers["Location"] == reverse("account")
    assert SignOn.objects.get().user == cast["leader"].user
    fresh = Client()
    assert _go(fresh, name, says, next="/cockpit/").headers["Location"] == "/cockpit/"
    assert fresh.get(reverse("account")).context["account"] == cast["leader"].user
    other = Client()
    other.post(reverse("sign-in"), _password(cast["auditor"]))
    assert _go(other, name, says).status_code == 403


@pytest.mark.parametrize("lie", [{"aud": "somebody else"}, {"nonce": "old"}, {"iss": "http://evil.example"}])
def test_answer_that_does_not_fit_opens_nothing(cast, provider, lie):
    name, says = provider
    SignOn.objects.create(user=cast["leader"].user, issuer="http://evil.example", subject="s-1")
    client = Client()
    leave = client.get(reverse("single-sign-on", args=[name]))
    asked = parse_qs(urlsplit(leave.headers["Location"]).query)
    says.update({"nonce": asked["nonce"][0], **lie})
    back = client.get(
        reverse("single-sign-on-return", args=[name]), {"code": "c", "state": asked["state"][0]}
    )
    assert back.status_code == 403
    assert client.get(reverse("desk")).status_code == 302


def test_answer_nobody_asked_for_opens_nothing(cast, provider):
    name, _says = provider
    client = Client()
    assert (
        client.get(reverse("single-sign-on-return", args=[name]), {"code": "c", "state": "x"}).status_code
        == 403
    )
    assert client.get(reverse("single-sign-on", args=["unknown"])).status_code == 404
