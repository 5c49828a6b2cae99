"""Lets a schema fuzzer loose on the console's API, as the API's own document describes it.

The sandbox is started with cases in it; the key is made as a person makes one, on the console's page, after signing in through the
simulated Discord. Schemathesis then asks what the document allows and what it does not, and compares each answer with the document: no
5xx, no answer that is not documented, no body, header or media type that is another one than is said there.

    check_api.py [--examples N] [--seconds N] [--seed N]
"""

import argparse
import html
import json
import os
import re
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / "target" / "ci" / "api"
START_SECONDS = 1500  # the first start builds everything
CASES = 200
MODERATOR = "Morgan Moderator"


class Stay(urllib.request.HTTPRedirectHandler):
    """Redirects are for this file to follow."""

    def redirect_request(self, *_):
        return None


OPENER = urllib.request.build_opener(Stay)


def call(url, form=None, cookie=None, origin=None):
    """Status, headers and text of an HTTP call; an error status is an answer like any other."""
    body = None if form is None else urllib.parse.urlencode(form).encode()
    headers = {"Cookie": cookie, "Origin": origin}
    request = urllib.request.Request(url, data=body, headers={k: v for k, v in headers.items() if v})
    try:
        with OPENER.open(request, timeout=60) as answer:
            return answer.status, answer.headers, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read().decode()


def cookie_of(headers, name):
    for line in headers.get_all("Set-Cookie") or []:
        pair = line.split(";")[0]
        if pair.startswith(name + "=") and pair != name + "=":
            return pair
    raise AssertionError(f"there is no cookie {name}")


def sign_in(console):
    """The session's cookie, got as a browser gets it. (Python's own jar sends no secure cookie to 127.0.0.1, as browsers do.)"""
    status, headers, _ = call(f"{console}/sign-in/discord")
    assert status == 303, status
    started, authorize = cookie_of(headers, "desk_sign_in"), headers["Location"]
    _, _, page = call(authorize)
    person = re.search(r'<button name="as" value="(\d+)">([^<]*)</button>', page)
    while person and html.unescape(person[2]) != MODERATOR:
        person = re.compile(r'<button name="as" value="(\d+)">([^<]*)</button>').search(page, person.end())
    assert person, f"{MODERATOR} is not on Discord's page"
    status, headers, _ = call(f"{authorize}&as={person[1]}")
    assert status == 302, status
    status, headers, _ = call(headers["Location"], cookie=started)
    assert status == 303, status
    return cookie_of(headers, "desk_session")


def make_key(console):
    """An API key, made on the page for that."""
    session = sign_in(console)
    _, _, page = call(f"{console}/keys", cookie=session)
    csrf = re.search(r'name="csrf" value="([^"]+)"', page)[1]
    address = urllib.parse.urlsplit(console)
    origin = f"{address.scheme}://{address.netloc}"
    status, _, page = call(f"{console}/keys", {"csrf": csrf, "name": "fuzzer"}, session, origin)
    assert status == 201, status
    return re.search(r"dsk_[0-9a-f]{16}_[0-9a-f]{64}", page)[0]


def start():
    """A sandbox with cases, and the console's address."""
    # How often somebody may ask is tested elsewhere; here it would only make most answers the same.
    environment = os.environ | {"API_REQUESTS_PER_MINUTE": "1000000"}
    built = os.environ.get("SANDBOX")
    command = [built] if built else ["cargo", "run", "--quiet", "--locked", "-p", "sandbox", "--"]
    command += ["seed", str(CASES), "--port", "0"]
    # Its own group, because what is started is Cargo, and the sandbox has to be stopped as well.
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    timer = threading.Timer(START_SECONDS, stop, [process])
    timer.start()
    for line in process.stdout:
        if line.startswith("ready "):
            timer.cancel()
            # Whatever it says later has to go somewhere.
            threading.Thread(target=process.stdout.read, daemon=True).start()
            return process, json.loads(line.removeprefix("ready "))["functions"]["console"]
    timer.cancel()
    raise AssertionError("the sandbox does not start")


def stop(process):
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(30)


def fuzz(console, key, arguments):
    """Runs the fuzzer; whether it was content, and what it looked at."""
    WORK.mkdir(parents=True, exist_ok=True)
    report = WORK / "report.json"
    report.unlink(missing_ok=True)
    command = [
        str(Path(sys.executable).with_name("schemathesis")),
        f"--config-file={ROOT / '.ci' / 'schemathesis.toml'}",
        "run",
        f"{console}/api/openapi.json",
        f"--header=Authorization: Bearer {key}",
        "--checks=all",
        "--workers=2",
        "--continue-on-failure",
        f"--max-examples={arguments.examples}",
        f"--seed={arguments.seed}",
        "--request-timeout=60",
        "--generation-database=none",
        "--no-color",
        f"--report-json-path={report}",
    ]
    if arguments.seconds:
        command.append(f"--max-time={arguments.seconds}")
    outcome = subprocess.run(command, cwd=WORK, check=False)
    return outcome.returncode, json.loads(report.read_text(encoding="utf-8"))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--examples", type=int, default=25, help="most examples of an operation in each phase")
    parser.add_argument("--seconds", type=int, help="an end for the whole run")
    parser.add_argument("--seed", type=int, default=1, help="what chance begins with")
    arguments = parser.parse_args()
    process, console = start()
    try:
        code, report = fuzz(console, make_key(console), arguments)
    finally:
        stop(process)
    found = report["failures"] + report["errors"]
    failed = {operation if isinstance(operation, str) else str(operation) for one in found for operation in one.get("operations", [])}
    # A run that did not get to its end has found nothing out.
    tested = report["operations"]["tested"] if report["complete"] else 0
    bad = max(len(failed), 1) if code else 0
    print(f"test result: {'FAILED' if bad else 'ok'}. {max(tested - bad, 0)} passed; {bad} failed; 0 ignored")
    return 1 if bad or not tested else 0


if __name__ == "__main__":
    sys.exit(main())
