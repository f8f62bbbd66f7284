"""A real server tells real receivers, who verify by the official libraries. Run by `cargo xtask webhooks`.

Arguments: the binary `inkan`, an empty folder to work in, the folder with node_modules, the folder of the guide's
snippets. Ends with 0 if everything arrived and verified, and what should not verify did not.
"""

import http.server
import importlib.util
import json
import os
import pathlib
import queue
import shutil
import ssl
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request

PATIENCE = 30
OTHER_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

inkan, work, modules, snippets = (pathlib.Path(argument).resolve() for argument in sys.argv[1:5])
demo = work / "demo"
running = []


def load_verify():
    spec = importlib.util.spec_from_file_location("verify", snippets / "verify.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.verify


verify = load_verify()


def works(*given):
    try:
        return verify(*given)
    except Exception:
        return None


def start(*command, **more):
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, **more)
    running.append(child)
    lines = queue.Queue()

    def read():
        for line in child.stdout:
            lines.put(line.rstrip("\n"))
        lines.put(None)

    threading.Thread(target=read, daemon=True).start()
    return lines


def line_of(lines):
    line = lines.get(timeout=PATIENCE)
    if line is None:
        raise SystemExit("a program has ended that should not")
    return line


class Receiver:
    """One secret; what came, verified by the snippet."""

    def __init__(self, tls):
        self.secret = None
        self.last = None
        self.came = queue.Queue()
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                event = works(receiver.secret, self.headers, body)
                refuses = works(OTHER_SECRET, self.headers, body) is None
                refuses = refuses and works(receiver.secret, self.headers, body + b" ") is None
                receiver.last = (self.headers, body)
                receiver.came.put({"id": self.headers["webhook-id"], "event": event, "refusesOthers": refuses})
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(demo / "tls.pem", demo / "tls.key")
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def next(self):
        return self.came.get(timeout=PATIENCE)


def free_port():
    with http.server.HTTPServer(("127.0.0.1", 0), None) as server:
        return server.server_address[1]


def expect(holds, what):
    if not holds:
        raise SystemExit(f"webhooks: {what}")
    print(f"  {what}: yes")


def check(one, language):
    expect(one["event"] is not None, f"{language}: {one['id']} verifies")
    expect(one["refusesOthers"], f"{language}: not with another secret, nor with another body")
    if "ed25519" in one:
        expect(one["ed25519"], f"{language}: its Ed25519 signature holds")
    return one["event"]


def by_hand(secret, headers, body):
    """What came, held against the snippets that use no library; with their controls."""
    shutil.copy(snippets / "Verify.java", work)
    here = pathlib.Path(__file__).parent
    subprocess.run(["javac", "-d", work, work / "Verify.java", here / "Check.java"], check=True)
    languages = {
        "java": ["java", "-cp", work, "Check"],
        "php": ["php", here / "check.php", snippets / "verify.php"],
    }
    said = [headers[f"webhook-{name}"] for name in ("id", "timestamp", "signature")]
    old = [said[0], str(int(said[1]) - 301), said[2]]
    for language, command in languages.items():
        def takes(secret, said, body):
            (work / "body").write_bytes(body)
            arguments = [*command, secret, *said, work / "body"]
            answer = subprocess.run(arguments, check=True, capture_output=True, text=True).stdout.strip()
            expect(answer in ("true", "false"), f"{language}: the snippet runs")
            return answer == "true"

        expect(takes(secret, said, body), f"{language}: {said[0]} verifies")
        expect(not takes(OTHER_SECRET, said, body), f"{language}: not with another secret")
        expect(not takes(secret, said, body + b" "), f"{language}: not with another body")
        expect(not takes(secret, old, body), f"{language}: not from another time")


def main():
    environment = {name: value for name, value in os.environ.items() if not name.startswith("INKAN_")}
    port = free_port()
    subprocess.run([inkan, "init", "--dir", demo, "--demo", "--port", str(port)], check=True, env=environment)
    environment |= {
        "INKAN_CONFIG": str(demo / "inkan.toml"),
        "INKAN_OUTBOUND_ALLOWED_NETWORKS": "127.0.0.0/8,::1/128",
        "INKAN_LOG_LEVEL": "error",
        "INKAN_OUTBOUND_ROOTS": str(demo / "ca.pem"),
    }
    made = [inkan, "key", "create", "--name", "webhooks", "--scopes", "ask,read,manage", "--test"]
    key = subprocess.run(made, check=True, env=environment, capture_output=True, text=True).stdout.strip()
    ready = line_of(start(inkan, "serve", env=environment))
    expect(ready == f"ready https://localhost:{port}", "the server is ready")

    trust = ssl.create_default_context(cafile=demo / "ca.pem")

    def call(method, path, body=None, wanted=(200, 201, 202)):
        request = urllib.request.Request(f"https://localhost:{port}{path}", method=method)
        request.add_header("authorization", f"Bearer {key}")
        request.add_header("content-type", "application/json")
        data = None if body is None else json.dumps(body).encode()
        try:
            with urllib.request.urlopen(request, data, timeout=PATIENCE, context=trust) as answer:
                expect(answer.status in wanted, f"{method} {path.split('?')[0]} is answered {answer.status}")
                return json.load(answer)
        except urllib.error.HTTPError as refused:
            raise SystemExit(f"{method} {path} is refused: {refused.read().decode()}")

    # snippet and library have to lie together: Node looks for modules beside the file
    shutil.copy(snippets / "verify.mjs", modules / "verify.mjs")
    node = start("node", pathlib.Path(__file__).parent / "receiver.mjs", demo, modules / "verify.mjs")
    node_port = int(line_of(node))
    python = Receiver(tls=True)

    def hook(receiver_port):
        body = {"url": f"https://localhost:{receiver_port}/hooks", "events": ["challenge.*"]}
        return call("POST", "/v1/webhooks", body)

    def tell_node(hook):
        keys = {"secret": hook["secret"], "publicKey": hook["public_key"]}
        (demo / "javascript.json").write_text(json.dumps(keys))

    of_node, of_python = hook(node_port), hook(python.port)
    tell_node(of_node)
    python.secret = of_python["secret"]

    plain = Receiver(tls=False)
    listening = {**environment, "LISTEN_API_KEY": key}
    listen = start(
        inkan, "listen", "--server", f"https://localhost:{port}", "--roots", demo / "ca.pem",
        "--events", "challenge.*", "--forward-to", f"http://localhost:{plain.port}/hooks", env=listening,
    )
    plain.secret = line_of(listen).split()[1]
    line_of(listen), line_of(listen)

    asked = call("POST", "/v1/challenges", {
        "user": "test_approves",
        "operation": "login",
        "origin": {"ip": "203.0.113.24", "user_agent": "Mozilla/5.0", "session": "s-1"},
        "start": "number",
    })
    kinds = {"challenge.created", "challenge.approved"}
    took = {
        "javascript": [check(json.loads(line_of(node)), "javascript") for _ in kinds],
        "python": [check(python.next(), "python") for _ in kinds],
        "inkan listen": [check(plain.next(), "inkan listen") for _ in kinds],
    }
    for language, events in took.items():
        expect({event["type"] for event in events} == kinds, f"{language}: created and approved came")
        ids = {event["data"]["challenge"] for event in events}
        expect(ids == {asked["id"]}, f"{language}: they say which challenge")

    by_hand(python.secret, *python.last)

    # whoever still has the old secret, and whoever has the new one already
    rotated = call("POST", f"/v1/webhooks/{of_node['id']}/rotate")
    call("POST", f"/v1/webhooks/{of_node['id']}/ping")
    check(json.loads(line_of(node)), "javascript, with the secret of before")
    tell_node(rotated)
    call("POST", f"/v1/webhooks/{of_node['id']}/ping")
    event = check(json.loads(line_of(node)), "javascript, with the new secret")
    expect(event["type"] == "ping", "a ping is a ping")

    path = f"/v1/webhooks/{of_python['id']}/deliveries"
    until = time.monotonic() + PATIENCE
    while True:
        listed = call("GET", path)["data"]
        if all(one["state"] == "delivered" for one in listed):
            break
        expect(time.monotonic() < until, "deliveries are noted in time")
    expect([one["tries"][0]["status"] for one in listed] == [204, 204], "the list says what was answered")
    call("POST", f"{path}/{listed[0]['id']}/retry")
    again = python.next()
    check(again, "python, replayed")
    expect(again["id"] == listed[0]["event"], "a replay has the same webhook-id")


try:
    main()
    print("webhooks: all arrived and verified")
finally:
    for child in running:
        child.terminate()
    for child in running:
        child.wait()
