// Receives webhooks behind TLS and verifies each by the guide's snippet. Arguments: the folder with certificate, key and
// javascript.json (secret and public key, read anew each time), and the snippet. Prints its port, then a line of JSON for
// each request.

import { createPublicKey, verify as verifySignature } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import { pathToFileURL } from "node:url";

const [folder, snippet] = process.argv.slice(2);
const { verify } = await import(pathToFileURL(snippet));

const works = (...given) => {
  try {
    return verify(...given);
  } catch {
    return null;
  }
};

/** Node's own Ed25519, over what the specification says is signed. */
function holds(publicKey, headers, body) {
  const raw = Buffer.from(publicKey.slice("whpk_".length), "base64");
  const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x: raw.toString("base64url") }, format: "jwk" });
  const signature = headers["webhook-signature"].split(" ").find((one) => one.startsWith("v1a,"));
  const signed = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`;
  return verifySignature(null, Buffer.from(signed), key, Buffer.from(signature.slice(4), "base64"));
}

const options = { cert: readFileSync(`${folder}/tls.pem`), key: readFileSync(`${folder}/tls.key`) };
const server = createServer(options, async (request, response) => {
  const parts = [];
  for await (const part of request) parts.push(part);
  const body = Buffer.concat(parts).toString();
  const { secret, publicKey } = JSON.parse(readFileSync(`${folder}/javascript.json`, "utf8"));
  const event = works(secret, request.headers, body);
  const other = works("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", request.headers, body);
  const changed = works(secret, request.headers, `${body} `);
  const line = {
    id: request.headers["webhook-id"],
    event,
    refusesOthers: other === null && changed === null,
    ed25519: holds(publicKey, request.headers, body) && !holds(publicKey, request.headers, `${body} `),
  };
  response.writeHead(204).end();
  console.log(JSON.stringify(line));
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
