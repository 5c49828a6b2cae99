"""Starts the sandbox against platform servers that are not ours, and signs with libraries that are not ours.

The project's own simulators and its own verification could be wrong in the same way. Here Discord's side is PyNaCl and
discord-interactions, Twilio's side is twilio-python's RequestValidator, and the servers below know of the project only
what the platforms' documentation says about their callers.
"""

import hashlib
import json
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from discord_interactions import verify_key
from nacl.signing import SigningKey
from twilio.request_validator import RequestValidator

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 1500  # the first start builds everything

KEY = SigningKey.generate()
PUBLIC_KEY = KEY.verify_key.encode().hex()
APPLICATION_ID = "1380000000000000001"
PERSON_ID = "1380000000000000042"
BOT_TOKEN = "bot." + secrets.token_urlsafe(24)
AUTH_TOKEN = secrets.token_hex(16)
ACCOUNT_SID = "AC" + "1" * 32
WORKSPACE_SID = "WS" + "2" * 32
WORKFLOW_SID = "WW" + "3" * 32
FLOW_SID = "FW" + "4" * 32
SERVICE_SID = "IS" + "5" * 32


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def call(url, body=b"", headers=None, method="POST"):
    """Status, headers and body of an HTTP call; an error status is an answer like any other."""
    request = urllib.request.Request(url, data=body, headers=headers or {}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


# ------------------------------------------------------------------------------------------------- Discord, from its docs


def signed(body, key=KEY, timestamp=None):
    timestamp = str(int(time.time())) if timestamp is None else timestamp
    signature = key.sign(timestamp.encode() + body).signature.hex()
    return {
        "X-Signature-Ed25519": signature,
        "X-Signature-Timestamp": timestamp,
        "Content-Type": "application/json",
        "User-Agent": "Discord-Interactions/1.0 (+https://discord.com)",
    }


_next_id = [((int(time.time() * 1000) - 1420070400000) << 22)]


def snowflake():
    _next_id[0] += 1 << 22
    return str(_next_id[0])


def interaction(kind, **fields):
    value = {
        "id": snowflake(),
        "application_id": APPLICATION_ID,
        "type": kind,
        "token": secrets.token_urlsafe(60),
        "version": 1,
        "entitlements": [],
        "authorizing_integration_owners": {},
        "attachment_size_limit": 10485760,
        "app_permissions": "562949953601536",
        **fields,
    }
    return json.dumps(value, ensure_ascii=False).encode()


def ping():
    user = {"id": "643945264868098049", "username": "discord", "global_name": "Discord", "discriminator": "0000", "avatar": None}
    return interaction(1, user=user)


def helpme(question="Wo fange ich an? 🎣 שלום"):
    user = {"id": PERSON_ID, "username": "robin", "global_name": "Robin", "discriminator": "0", "avatar": None}
    return interaction(
        2,
        context=0,
        guild_id="1380000000000000100",
        guild={"id": "1380000000000000100", "locale": "en-US", "features": []},
        guild_locale="en-US",
        locale="de",
        channel_id="1380000000000000200",
        channel={"id": "1380000000000000200", "type": 0, "guild_id": "1380000000000000100"},
        authorizing_integration_owners={"0": "1380000000000000100"},
        member={
            "user": user,
            "roles": [],
            "permissions": "562949953601536",
            "joined_at": "2024-01-01T00:00:00+00:00",
            "deaf": False,
            "mute": False,
            "flags": 0,
            "nick": None,
            "avatar": None,
            "pending": False,
            "premium_since": None,
        },
        data={
            "id": "1380000000000000300",
            "name": "helpme",
            "type": 1,
            "options": [{"name": "question", "type": 3, "value": question}],
        },
    )


class Platform(BaseHTTPRequestHandler):
    """What both servers share: read, answer JSON, keep a record."""

    protocol_version = "HTTP/1.1"
    calls = None
    unknown = None

    def log_message(self, *_):
        pass

    def body(self):
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def json(self, status, value):
        text = b"" if value is None else json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def answer(self):
        path, _, query = self.path.partition("?")
        body = self.body()
        self.calls.append((self.command, path, body))
        handled = self.route(self.command, path, urllib.parse.parse_qs(query), body)
        if handled is None:
            self.unknown.append((self.command, path))
            handled = 404, {"code": 0, "message": "404: Not Found", "status": 404}
        self.json(*handled)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer


class Discord(Platform):
    calls, unknown = [], []
    application = {
        "id": APPLICATION_ID,
        "name": "Desk",
        "icon": None,
        "description": "",
        "bot_public": True,
        "bot_require_code_grant": False,
        "verify_key": PUBLIC_KEY,
        "flags": 0,
        "interactions_endpoint_url": None,
        "integration_types_config": {"0": {}},
        "bot": {"id": APPLICATION_ID, "username": "desk", "discriminator": "0", "avatar": None, "bot": True},
    }
    commands = []

    def route(self, method, path, query, body):
        if not path.startswith("/api/v10/"):
            return None
        path = path.removeprefix("/api/v10")
        if not path.startswith("/webhooks/") and self.headers.get("Authorization") != f"Bot {BOT_TOKEN}":
            return 401, {"message": "401: Unauthorized", "code": 0}
        if path == "/applications/@me" and method == "GET":
            return 200, self.application
        if path == "/applications/@me" and method == "PATCH":
            change = json.loads(body)
            url = change.get("interactions_endpoint_url")
            if url and not self.endpoint_passes(url):
                text = "The specified interactions endpoint url could not be verified."
                errors = {"interactions_endpoint_url": {"_errors": [{"code": "APPLICATION_INTERACTIONS_ENDPOINT_URL_INVALID", "message": text}]}}
                return 400, {"message": "Invalid Form Body", "code": 50035, "errors": errors}
            url = change.get("event_webhooks_url")
            if url and not self.takes_events(url):
                text = "The specified event webhooks url could not be verified."
                return 400, {"message": "Invalid Form Body", "code": 50035, "errors": {"event_webhooks_url": {"_errors": [{"message": text}]}}}
            self.application.update(change)
            return 200, self.application
        if path == f"/applications/{APPLICATION_ID}/commands" and method == "GET":
            return 200, self.commands
        if path == f"/applications/{APPLICATION_ID}/commands" and method == "PUT":
            self.commands[:] = [
                {"id": snowflake(), "application_id": APPLICATION_ID, "version": snowflake(), "type": 1, "default_member_permissions": None} | c
                for c in json.loads(body)
            ]
            return 200, self.commands
        if path == "/users/@me/channels" and method == "POST":
            person = {"id": json.loads(body)["recipient_id"], "username": "robin", "discriminator": "0", "avatar": None, "global_name": "Robin"}
            return 200, {"id": "1380000000000000900", "type": 1, "last_message_id": None, "recipients": [person], "flags": 0}
        if re.fullmatch(r"/channels/\d+/messages", path) and method == "POST":
            return 200, self.message(path.split("/")[2], json.loads(body))
        if re.fullmatch(rf"/webhooks/{APPLICATION_ID}/[^/]+/messages/@original", path) and method == "PATCH":
            return 200, self.message("1380000000000000200", json.loads(body))
        return None

    def message(self, channel, body):
        return {
            "id": snowflake(),
            "channel_id": channel,
            "type": 0,
            "author": self.application["bot"],
            "content": body.get("content") or "",
            "timestamp": "2026-11-21T00:00:00.000000+00:00",
            "edited_timestamp": None,
            "tts": False,
            "mention_everyone": False,
            "mentions": [],
            "mention_roles": [],
            "attachments": [],
            "embeds": body.get("embeds") or [],
            "components": body.get("components") or [],
            "pinned": False,
            "nonce": body.get("nonce"),
        }

    @staticmethod
    def endpoint_passes(url):
        body = ping()
        status, headers, answer = call(url, body, signed(body))
        good = status == 200 and json.loads(answer) == {"type": 1} and headers.get_content_type() == "application/json"
        status, _, _ = call(url, body, signed(body, key=SigningKey.generate()))
        return good and status == 401

    @staticmethod
    def takes_events(url):
        body = json.dumps({"version": 1, "application_id": APPLICATION_ID, "type": 0}).encode()
        status, headers, answer = call(url, body, signed(body))
        good = status == 204 and answer == b"" and headers.get_content_type() == "application/json"
        status, _, _ = call(url, body, signed(body, key=SigningKey.generate()))
        return good and status == 401


# -------------------------------------------------------------------------------------------------- Twilio, from its docs


class Twilio(Platform):
    calls, unknown = [], []
    flows = []
    workspace = {
        "sid": WORKSPACE_SID,
        "account_sid": ACCOUNT_SID,
        "friendly_name": "Flex Task Assignment",
        "event_callback_url": "",
        "events_filter": None,
    }

    def route(self, method, path, query, body):
        form = {k: v[-1] for k, v in urllib.parse.parse_qs(body.decode(), keep_blank_values=True).items()}
        if path == "/studio.twilio.com/v2/Flows/Validate" and method == "POST":
            json.loads(form["Definition"])
            return 200, {"valid": True}
        if path == "/studio.twilio.com/v2/Flows" and method == "GET":
            url = "https://studio.twilio.com/v2/Flows?PageSize=50&Page=0"
            meta = {"page": 0, "page_size": 50, "key": "flows", "url": url, "first_page_url": url, "next_page_url": None, "previous_page_url": None}
            return 200, {"flows": self.flows, "meta": meta}
        if re.fullmatch(r"/studio\.twilio\.com/v2/Flows(/FW[0-9a-f]{32})?", path) and method == "POST":
            flow = {
                "sid": FLOW_SID,
                "account_sid": ACCOUNT_SID,
                "friendly_name": form.get("FriendlyName"),
                "status": form["Status"],
                "definition": json.loads(form["Definition"]),
                "revision": len(self.flows) + 1,
                "valid": True,
                "errors": [],
                "warnings": [],
                "url": f"https://studio.twilio.com/v2/Flows/{FLOW_SID}",
            }
            self.flows[:] = [flow]
            return 201, flow
        if path == f"/studio.twilio.com/v2/Flows/{FLOW_SID}" and method == "GET" and self.flows:
            return 200, self.flows[0]
        if method == "GET" and path == f"/taskrouter.twilio.com/v1/Workspaces/{WORKSPACE_SID}/TaskChannels":
            meta = {"page": 0, "page_size": 50, "key": "channels", "next_page_url": None, "previous_page_url": None}
            return 200, {"channels": [{"sid": "TC" + "6" * 32, "unique_name": "chat"}], "meta": meta}
        if path == f"/taskrouter.twilio.com/v1/Workspaces/{WORKSPACE_SID}":
            if method == "POST":
                self.workspace["event_callback_url"] = form.get("EventCallbackUrl", self.workspace["event_callback_url"])
                self.workspace["events_filter"] = form.get("EventsFilter", self.workspace["events_filter"])
            return 200, self.workspace
        # The functions behind the queues are tried elsewhere; what they ask Conversations for does not exist here.
        if path.startswith("/conversations.twilio.com/"):
            return 404, {"code": 20404, "message": "The requested resource was not found", "status": 404}
        return None


def twilio_form(url, parameters, token=AUTH_TOKEN):
    signature = RequestValidator(token).compute_signature(url, parameters)
    headers = {"X-Twilio-Signature": signature, "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8"}
    return call(url, urllib.parse.urlencode(parameters).encode(), headers)


def twilio_json(url, body, token=AUTH_TOKEN, with_hash=True, sent=None):
    if with_hash:
        url += "?bodySHA256=" + hashlib.sha256(body).hexdigest()
    signature = RequestValidator(token).compute_signature(url, {})
    return call(url, body if sent is None else sent, {"X-Twilio-Signature": signature, "Content-Type": "application/json"})


def message_added(**fields):
    return {
        "EventType": "onMessageAdded",
        "Source": "SDK",
        "RetryCount": "0",
        "AccountSid": ACCOUNT_SID,
        "ChatServiceSid": SERVICE_SID,
        "ConversationSid": "CH" + "6" * 32,
        "MessageSid": "IM" + secrets.token_hex(16),
        "ParticipantSid": "MB" + "7" * 32,
        "WebhookSid": "WH" + "8" * 32,
        "Index": "3",
        "Author": "agent_40example_2Ecom",
        "ClientIdentity": "agent_40example_2Ecom",
        "Body": "Guten Tag & willkommen, 100% gern = 🎣 שלום",
        "Attributes": "{}",
        "DateCreated": "2026-11-21T00:00:00.000Z",
        **fields,
    }


# ----------------------------------------------------------------------------------------------------------------- checks


class Sandbox:
    urls = {}


def url(folder):
    return Sandbox.urls[folder]


def test_the_deploy_registered_everything_with_foreign_platforms():
    assert Discord.application["interactions_endpoint_url"] == url("interactions")
    assert Discord.application["event_webhooks_url"] == url("discord-events")
    assert Discord.application["event_webhooks_status"] == 2
    assert set(Discord.application["integration_types_config"]) == {"0", "1"}
    assert {"helpme", "message", "agent", "close"} <= {c["name"] for c in Discord.commands}
    assert Twilio.flows and Twilio.flows[0]["status"] == "published"
    assert url("chatbot-to-discord") in json.dumps(Twilio.flows[0]["definition"])
    assert url("transfer-to-agent") in json.dumps(Twilio.flows[0]["definition"])
    assert WORKFLOW_SID in json.dumps(Twilio.flows[0]["definition"])
    assert Twilio.workspace["event_callback_url"].split("#")[0] == url("task-events")


def test_a_signed_ping_is_answered_with_a_pong():
    body = ping()
    headers = signed(body)
    assert verify_key(body, headers["X-Signature-Ed25519"], headers["X-Signature-Timestamp"], PUBLIC_KEY)
    status, headers, answer = call(url("interactions"), body, headers)
    assert (status, json.loads(answer), headers.get_content_type()) == (200, {"type": 1}, "application/json")


def test_a_signed_command_is_deferred():
    body = helpme()
    headers = signed(body)
    assert verify_key(body, headers["X-Signature-Ed25519"], headers["X-Signature-Timestamp"], PUBLIC_KEY)
    status, headers, answer = call(url("interactions"), body, headers)
    assert (status, headers.get_content_type()) == (200, "application/json"), (status, answer)
    assert json.loads(answer) == {"type": 5, "data": {"flags": 64}}, answer


def refused(body, headers):
    status, _, answer = call(url("interactions"), body, headers)
    assert status == 401, f"{status} {answer}"
    return answer


def test_every_bad_interaction_gets_the_same_401():
    body, now = helpme(), int(time.time())
    good = signed(body)
    stamp = good["X-Signature-Timestamp"]
    other = json.dumps(json.loads(body) | {"application_id": "1380000000000000777"}).encode()
    moved = stamp + body[:1].decode()
    answers = {
        "other key": refused(body, signed(body, key=SigningKey.generate())),
        "other body": refused(body + b"\n", good),
        "escaped again": refused(json.dumps(json.loads(body)).encode(), good),
        "other time": refused(body, good | {"X-Signature-Timestamp": str(now - 1)}),
        "no signature": refused(body, {k: v for k, v in good.items() if k != "X-Signature-Ed25519"}),
        "no timestamp": refused(body, {k: v for k, v in good.items() if k != "X-Signature-Timestamp"}),
        "not hex": refused(body, good | {"X-Signature-Ed25519": "z" * 128}),
        "63 bytes": refused(body, good | {"X-Signature-Ed25519": good["X-Signature-Ed25519"][:126]}),
        "65 bytes": refused(body, good | {"X-Signature-Ed25519": good["X-Signature-Ed25519"] + "00"}),
        "all zero": refused(body, good | {"X-Signature-Ed25519": "0" * 128}),
        "stale": refused(body, signed(body, timestamp=str(now - 400))),
        "from the future": refused(body, signed(body, timestamp=str(now + 400))),
        "negative": refused(body, signed(body, timestamp="-5")),
        "byte moved into the time": refused(body[1:], good | {"X-Signature-Timestamp": moved}),
        "somebody else's application": refused(other, signed(other)),
        "empty": refused(b"", {"Content-Type": "application/json"}),
    }
    assert len(set(answers.values())) == 1, answers


def test_upper_case_hex_is_the_same_signature():
    body = ping()
    headers = signed(body)
    headers["X-Signature-Ed25519"] = headers["X-Signature-Ed25519"].upper()
    assert call(url("interactions"), body, headers)[0] == 200


def event(kind, data, application=APPLICATION_ID):
    told = {"type": kind, "timestamp": "2026-11-26T14:42:53.064834", "data": data}
    return json.dumps({"version": 1, "application_id": application, "type": 1, "event": told}, ensure_ascii=False).encode()


def test_an_installation_is_taken_and_greeted_once():
    user = {"id": "1380000000000000043", "username": "robin", "global_name": "Robin 🎣", "discriminator": "0", "avatar": None, "bot": False}
    body = event("APPLICATION_AUTHORIZED", {"integration_type": 1, "scopes": ["applications.commands"], "user": user})
    greetings = lambda: [b for m, p, b in Discord.calls if p.endswith("/messages") and "Robin 🎣" in b.decode()]
    for _ in range(2):
        headers = signed(body)
        assert verify_key(body, headers["X-Signature-Ed25519"], headers["X-Signature-Timestamp"], PUBLIC_KEY)
        status, headers, answer = call(url("discord-events"), body, headers)
        assert (status, answer) == (204, b""), (status, answer)
        assert headers.get_content_type() == "application/json"
    assert len(greetings()) == 1, greetings()


def test_every_bad_event_gets_a_401():
    body = event("APPLICATION_AUTHORIZED", {"integration_type": 0})
    other = event("APPLICATION_AUTHORIZED", {"integration_type": 0}, application="1380000000000000777")
    good = signed(body)
    for what, (sent, headers) in {
        "other key": (body, signed(body, key=SigningKey.generate())),
        "other body": (body + b"\n", good),
        "no signature": (body, {k: v for k, v in good.items() if k != "X-Signature-Ed25519"}),
        "stale": (body, signed(body, timestamp=str(int(time.time()) - 400))),
        "somebody else's application": (other, signed(other)),
        "empty": (b"", {"Content-Type": "application/json"}),
    }.items():
        status, _, answer = call(url("discord-events"), sent, headers)
        assert status == 401, f"{what}: {status} {answer}"


def test_a_signed_form_is_taken():
    status, _, answer = twilio_form(url("forward-to-discord"), message_added())
    assert status in (200, 204), f"{status} {answer}"


def test_a_form_with_empty_repeated_looking_and_foreign_parameters_is_taken():
    parameters = message_added(Empty="", Messaging="x", MessagingBinding="y", zeta=" untrimmed ", Zeta="+")
    status, _, answer = twilio_form(url("forward-to-discord"), parameters)
    assert status in (200, 204), f"{status} {answer}"


def test_a_form_that_is_not_signed_by_the_account_is_refused():
    target = url("forward-to-discord")
    parameters = message_added()
    assert twilio_form(target, parameters, token="0" * 32)[0] == 403
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    assert call(target, urllib.parse.urlencode(parameters).encode(), kind)[0] == 403
    signature = RequestValidator(AUTH_TOKEN).compute_signature(target, parameters)
    changed = urllib.parse.urlencode(parameters | {"Body": "something else"}).encode()
    assert call(target, changed, kind | {"X-Twilio-Signature": signature})[0] == 403
    elsewhere = RequestValidator(AUTH_TOKEN).compute_signature(url("task-events"), parameters)
    assert call(target, urllib.parse.urlencode(parameters).encode(), kind | {"X-Twilio-Signature": elsewhere})[0] == 403


def question():
    return json.dumps(
        {
            "conversation_sid": "CH" + "6" * 32,
            "message_sid": "IM" + secrets.token_hex(16),
            "body": "Wo fange ich an? 🎣",
            "execution_sid": "FN" + "9" * 32,
            "trigger": {"conversation": {"ConversationSid": "CH" + "6" * 32, "AccountSid": ACCOUNT_SID}},
        },
        ensure_ascii=False,
    ).encode()


def test_signed_json_with_the_hash_of_its_body_is_taken():
    status, _, answer = twilio_json(url("chatbot-to-discord"), question())
    assert status == 200, f"{status} {answer}"
    assert json.loads(answer) == {"queued": True}, answer


def test_json_without_the_right_hash_is_refused():
    target, body = url("chatbot-to-discord"), question()
    assert twilio_json(target, body, with_hash=False)[0] == 403
    assert twilio_json(target, body, sent=question())[0] == 403
    assert twilio_json(target, body, token="0" * 32)[0] == 403


def test_a_task_event_is_taken():
    parameters = {
        "EventType": "task.created",
        "AccountSid": ACCOUNT_SID,
        "WorkspaceSid": WORKSPACE_SID,
        "WorkspaceName": "Flex Task Assignment",
        "EventDescription": "Task created",
        "ResourceType": "task",
        "ResourceSid": "WT" + "a" * 32,
        "Timestamp": str(int(time.time())),
        "TaskSid": "WT" + "a" * 32,
        "TaskAttributes": json.dumps({"channelType": "web", "conversationSid": "CH" + "6" * 32}),
        "TaskAge": "0",
        "TaskPriority": "0",
        "TaskAssignmentStatus": "pending",
        "TaskChannelUniqueName": "chat",
        "WorkflowSid": WORKFLOW_SID,
    }
    status, _, answer = twilio_form(url("task-events"), parameters)
    assert status in (200, 204), f"{status} {answer}"
    assert twilio_form(url("task-events"), parameters, token="0" * 32)[0] == 403


def test_finally_only_documented_paths_were_asked_for():
    assert Discord.unknown == [] and Twilio.unknown == [], f"{Discord.unknown} {Twilio.unknown}"


# -------------------------------------------------------------------------------------------------------------------- run


def serve(handler):
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"


def start(log):
    command = ["cargo", "run", "--quiet", "--locked", "-p", "sandbox", "--", "up", "--port", str(free_port())]
    command += ["--discord-api", serve(Discord), "--twilio-api", serve(Twilio)]
    environment = os.environ | {
        "DISCORD_BOT_TOKEN": BOT_TOKEN,
        "TWILIO_AUTH_TOKEN": AUTH_TOKEN,
        "TWILIO_ACCOUNT_SID": ACCOUNT_SID,
        "TWILIO_WORKSPACE_SID": WORKSPACE_SID,
        "TWILIO_WORKFLOW_SID": WORKFLOW_SID,
    }
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, text=True, start_new_session=True
    )


def wait_until_ready(process):
    timer = threading.Timer(START_SECONDS, process.kill)
    timer.start()
    try:
        for line in process.stdout:
            if line.startswith("ready "):
                found = re.findall(r'"(https?://[^"]+?/([a-z-]+))/?"', line)
                Sandbox.urls = {folder: address for address, folder in found}
                return True
    finally:
        timer.cancel()
    return False


def main():
    log_path = ROOT / "target" / "ci" / "signatures-sandbox.txt"
    log_path.parent.mkdir(parents=True, exist_ok=True)
    tests = [(name.removeprefix("test_"), test) for name, test in globals().items() if name.startswith("test_")]
    failed = 0
    with log_path.open("w", encoding="utf-8") as log:
        process = start(log)
        try:
            ready = wait_until_ready(process)
            # The pipe is read on, so that the sandbox never waits for us.
            threading.Thread(target=lambda: [None for _ in process.stdout], daemon=True).start()
            if not ready:
                print("the sandbox did not get ready:")
                print("\n".join(log_path.read_text(encoding="utf-8", errors="replace").splitlines()[-40:]))
                failed = len(tests)
            for name, test in tests if ready else []:
                try:
                    test()
                except Exception as error:  # noqa: BLE001 - a test that breaks is a test that fails
                    failed += 1
                    print(f"test {name} ... FAILED: {type(error).__name__}: {error}")
                else:
                    print(f"test {name} ... ok")
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGINT)
                try:
                    process.wait(timeout=20)
                except subprocess.TimeoutExpired:
                    os.killpg(process.pid, signal.SIGKILL)
    print(f"test result: {'FAILED' if failed else 'ok'}. {len(tests) - failed} passed; {failed} failed; 0 ignored")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
