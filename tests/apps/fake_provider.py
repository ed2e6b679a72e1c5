"""An OpenID Connect provider on loopback that lets in whoever it is told to, for tests."""

import json
import sys
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

KEY = RSAKey.generate_key(2048, {"kid": "1", "use": "sig", "alg": "RS256"})
PORT, CLAIMS = int(sys.argv[1]), json.loads(sys.argv[2])
ME = f"http://localhost:{PORT}"
NONCES = {}
META = {
    "issuer": ME,
    "authorization_endpoint": f"{ME}/authorize",
    "token_endpoint": f"{ME}/token",
    "jwks_uri": f"{ME}/keys",
    "response_types_supported": ["code"],
    "subject_types_supported": ["public"],
    "id_token_signing_alg_values_supported": ["RS256"],
}


class Provider(BaseHTTPRequestHandler):
    def do_GET(self):
        place, asked = urlsplit(self.path).path, parse_qs(urlsplit(self.path).query)
        if place == "/authorize":
            NONCES["it"] = asked.get("nonce", [""])[0]
            self.send_response(302)
            back, state = asked["redirect_uri"][0], asked["state"][0]
            self.send_header("Location", f"{back}?code=it&state={state}")
            return self.end_headers()
        return self.say({"keys": [KEY.as_dict(private=False)]} if place == "/keys" else META)

    def do_POST(self):
        now = int(time.time())
        claims = {"iss": ME, "aud": "procmine", "sub": "1", "iat": now, "exp": now + 600}
        token = jwt.encode(
            {"alg": "RS256", "kid": "1"}, claims | {"nonce": NONCES["it"]} | CLAIMS, KEY
        )
        self.say({"access_token": "a", "token_type": "Bearer", "id_token": token})

    def say(self, what):
        body = json.dumps(what).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


HTTPServer(("localhost", PORT), Provider).serve_forever()
