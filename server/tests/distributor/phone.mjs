// A phone behind a real UnifiedPush server (Prosody, mod_unified_push), for tests/distributor.rs. It signs in over XMPP,
// registers, and says on standard output, a JSON line each, where it can be pushed to and what arrived. What arrived is
// decrypted by http_ece, which shares no line with this project.
//
// usage: phone.mjs PORT FOLDER    FOLDER holds node_modules/http_ece

import { createECDH, createHash, randomBytes } from "node:crypto";
import { createRequire } from "node:module";
import { connect } from "node:net";

const [port, folder] = process.argv.slice(2);
const ece = createRequire(`${folder}/`)("http_ece");
const keys = createECDH("prime256v1");
keys.generateKeys();
const auth = randomBytes(16);
const say = (words) => process.stdout.write(`${JSON.stringify(words)}\n`);

const socket = connect(Number(port), "127.0.0.1");
socket.setEncoding("utf8");
let received = "";
let waiting;
socket.on("data", (chunk) => {
  received += chunk;
  waiting?.();
});
socket.on("close", () => process.exit(0));
process.stdin.on("close", () => process.exit(0)).resume();

// The next match in what was received; what stands before it is dropped.
const next = async (pattern) => {
  for (;;) {
    const found = pattern.exec(received);
    if (found) {
      received = received.slice(found.index + found[0].length);
      return found;
    }
    await new Promise((resolve) => (waiting = resolve));
  }
};
const open = () =>
  socket.write("<stream:stream to='localhost' version='1.0' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>");

open();
await next(/<\/stream:features>/);
const plain = Buffer.from("\0phone\0of tests").toString("base64");
socket.write(`<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>${plain}</auth>`);
await next(/<success[^>]*>/);
open();
await next(/<\/stream:features>/);
socket.write("<iq type='set' id='bind'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>");
await next(/<jid>[^<]+<\/jid>/);

const name = (text) => createHash("sha256").update(text).digest("base64");
const up = "http://gultsch.de/xmpp/drafts/unified-push";
socket.write(
  `<iq type='set' id='up' to='localhost'><register xmlns='${up}' application='${name("dev.inkan.app")}' instance='${name("account")}'/></iq>`,
);
const registered = await next(/<registered[^>]*endpoint='([^']+)'/);
say({ endpoint: registered[1], p256dh: keys.getPublicKey("base64url"), auth: auth.toString("base64url") });

for (;;) {
  const [iq, body] = await next(/<iq [^>]*><push [^>]*>([^<]*)<\/push><\/iq>/);
  const id = /\bid='([^']+)'/.exec(iq)[1];
  socket.write(`<iq type='result' id='${id}' to='localhost'/>`);
  try {
    const text = ece.decrypt(Buffer.from(body, "base64"), { version: "aes128gcm", privateKey: keys, authSecret: auth.toString("base64url") });
    say({ text: text.toString("utf8") });
  } catch {
    say({ text: null });
  }
}
