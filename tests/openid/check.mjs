// A real server, the virtual phone, and openid-client as somebody else's software. Run by `cargo xtask openid`, which
// lays this file, the guide's snippets and node_modules into one folder.
//
// Arguments: the program `inkan`, the program `inkan-phone`, an empty folder to work in, the guide.
// Ends with 0 if every walk came out as it should.

import assert from 'node:assert/strict'
import { execFile, execFileSync, spawn } from 'node:child_process'
import { createHash, webcrypto } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'

const [inkan, phone, work, guide] = process.argv.slice(2)
const run = promisify(execFile)
const config = path.join(work, 'server', 'inkan.toml')
const trust = path.join(work, 'server', 'ca.pem')
const environment = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !name.startsWith('INKAN_') && !/_proxy$/i.test(name)),
)
const operator = (...given) =>
  execFileSync(inkan, [...given, '--config', config], { env: environment, encoding: 'utf8' }).trim()

// The pipe that standard input is ends with whoever started this; then, and by a signal, this ends with all that it started.
process.stdin.on('end', () => process.exit(1)).resume()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(1))

// Node reads further roots at its start alone, and they are made first.
if (!process.env.OPENID_CHECK_PORT) {
  const free = createServer().listen(0, '127.0.0.1')
  await once(free, 'listening')
  const port = String(free.address().port)
  free.close()
  await once(free, 'close')
  execFileSync(inkan, ['init', '--demo', '--port', port, '--dir', path.join(work, 'server')], { env: environment })
  const again = spawn(process.execPath, process.argv.slice(1), {
    env: { ...environment, NODE_EXTRA_CA_CERTS: trust, OPENID_CHECK_PORT: port },
    stdio: ['pipe', 'inherit', 'inherit'],
  })
  const [code] = await once(again, 'exit')
  process.exit(code ?? 1)
}

const client = await import('openid-client')
const { SignJWT, exportJWK, generateKeyPair } = await import('jose')
const { withKey, withSecret } = await import('./configure.mjs')
const poll = await import('./poll.mjs')
const ping = await import('./ping.mjs')

const issuer = `https://localhost:${process.env.OPENID_CHECK_PORT}`
const children = []
process.on('exit', () => children.forEach((child) => child.kill()))

const registered = (printed) => Object.fromEntries(printed.split('\n').map((line) => line.split('=', 2)))
const said = (text) => console.log(`  ${text}`)
const claimsOf = (token) => JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString())
const hash = (text) => createHash('sha256').update(text).digest('base64url')
const GRANT = 'urn:openid:params:grant-type:ciba'
const collect = (who, id) => client.genericGrantRequest(who, GRANT, { auth_req_id: id })
const fails = async (promise, error) => {
  const refused = await promise.then(() => undefined, (reason) => reason)
  assert.equal(refused?.error ?? refused?.code ?? refused?.message, error)
}

// what the guide shows is what runs here
const text = readFileSync(guide, 'utf8')
for (const snippet of ['configure.mjs', 'poll.mjs', 'ping.mjs']) {
  const code = readFileSync(new URL(snippet, import.meta.url), 'utf8').trim()
  assert.ok(text.includes(code), `the guide does not hold ${snippet} as it is`)
}

// the operator
const pair = await generateKeyPair('ES256', { extractable: true })
const kid = 'one'
const jwks = path.join(work, 'portal.jwks.json')
writeFileSync(jwks, JSON.stringify({ keys: [{ ...(await exportJWK(pair.publicKey)), kid, use: 'sig', alg: 'ES256' }] }))
ping.endpoint.listen(0, '127.0.0.1')
await once(ping.endpoint, 'listening')
const notify = `http://127.0.0.1:${ping.endpoint.address().port}/ciba`
const key = operator('key', 'create', '--name', 'portal', '--scopes', 'enroll,ask,read,manage')
const portal = registered(operator('client', 'add', '--name', 'みほんポータル', '--id', 'portal', '--jwks', jwks))
const signing = registered(
  operator('client', 'add', '--name', 'Signing', '--id', 'signing', '--auth', 'private_key_jwt', '--jwks', jwks))
const pinged = registered(operator('client', 'add', '--name', 'Pinged', '--id', 'pinged', '--notify', notify))
const trial = registered(operator('client', 'add', '--name', 'Trial', '--id', 'trial', '--test'))
assert.equal(signing.client_secret, undefined)
const listed = operator('client', 'list')
for (const secret of [portal, pinged, trial]) assert.ok(!listed.includes(secret.client_secret))

const serve = async () => {
  const server = spawn(inkan, ['serve', '--config', config], { env: environment, stdio: ['ignore', 'pipe', 'ignore'] })
  children.push(server)
  for await (const line of createInterface({ input: server.stdout })) {
    assert.match(line, /^ready/)
    break
  }
  return server
}
let server = await serve()

// the customer
const call = async (method, where, body) => {
  const response = await fetch(issuer + where, {
    method,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: body && JSON.stringify(body),
  })
  assert.ok(response.ok, `${where}: ${response.status}`)
  return response.json()
}
const phoneArguments = ['--home', path.join(work, 'phone'), '--trust', trust]
const begun = await call('POST', '/v1/enrollments', { user: 'u-1', display_name: '***1234' })
const enrolling = spawn(phone, [...phoneArguments, 'enroll', begun.uri, '--code-only'], { env: environment })
const ended = once(enrolling, 'exit')
for await (const code of createInterface({ input: enrolling.stdout })) {
  await call('POST', `/v1/enrollments/${begun.id}/confirm`, { code })
  break
}
assert.deepEqual((await ended)[0], 0)
const ask = async (...given) => {
  const { stdout } = await run(phone, [...phoneArguments, '--json', ...given], { env: environment })
  return JSON.parse(stdout.trim().split('\n').at(-1))
}
const waits = async () => (await ask('inbox', '--wait', '20')).requests[0]
const phoneApproves = async (number) => {
  const request = await waits()
  assert.ok(!JSON.stringify(request).includes(number), 'the number is not on the phone')
  await ask('approve', request.challenge, '--number', number)
}
const phoneDenies = async () => ask('deny', (await waits()).challenge)

// poll
const basic = await withSecret(issuer, portal.client_id, portal.client_secret)
assert.equal(basic.serverMetadata().issuer, issuer)
const first = await poll.approve(basic, 'u-1', phoneApproves)
assert.ok(first.approved)
assert.equal(first.claims.sub, 'u-1')
assert.equal(first.claims.acr, 'number')
assert.ok(first.claims.amr.includes('mca') && first.claims.auth_time <= first.claims.iat)
assert.equal(first.claims.inkan_verdict_hash, hash(first.tokens.verdict))
assert.equal(claimsOf(first.tokens.verdict).challenge_hash, first.claims.inkan_challenge_hash)
await fails(collect(basic, first.claims['urn:openid:params:jwt:claim:auth_req_id']), 'invalid_grant')
said('poll: approved, verified by jwks_uri, redeemed once')

const bank = { bank: 'みほん銀行', kind: '普通', masked: '***4567', id: 'b-1' }
const paid = await poll.approve(basic, 'u-1', phoneApproves, poll.withdrawal('1250000', bank))
assert.equal(claimsOf(paid.tokens.verdict).operation, 'withdrawal')
assert.equal(paid.tokens.authorization_details[0].details[0].value, '1250000')
said('authorization_details: shown, signed, given back')

assert.deepEqual(await poll.approve(basic, 'u-1', phoneDenies), { approved: false, why: 'access_denied' })
said('denied')

const hasty = await client.initiateBackchannelAuthentication(basic, {
  scope: 'openid', id_token_hint: first.tokens.id_token, binding_message: '4711',
})
assert.equal(hasty.interval, 5)
await fails(collect(basic, hasty.auth_req_id), 'authorization_pending')
await fails(collect(basic, hasty.auth_req_id), 'slow_down')
await phoneApproves('4711')
assert.ok((await client.pollBackchannelAuthenticationGrant(basic, { ...hasty, interval: 1 })).id_token)
said('id_token_hint, authorization_pending, slow_down')

// the server is killed between the decision and the token, and between the decision and the ping
const restart = async () => {
  const gone = once(server, 'exit')
  server.kill('SIGKILL')
  await gone
  server = await serve()
}
const outlives = await client.initiateBackchannelAuthentication(basic, {
  scope: 'openid', login_hint: 'u-1', binding_message: '975310',
})
await phoneApproves('975310')
await restart()
const many = await Promise.allSettled(Array.from({ length: 8 }, () => collect(basic, outlives.auth_req_id)))
const given = many.filter((one) => one.status === 'fulfilled')
assert.equal(given.length, 1, 'one token, whoever asks how often')
for (const one of many) if (one.status === 'rejected') assert.equal(one.reason.error, 'invalid_grant')
await restart()
await fails(collect(basic, outlives.auth_req_id), 'invalid_grant')
said('a restart between decision and token: one token, of eight requests at once, and none after another restart')

// other ways to show who calls
const post = await client.discovery(
  new URL(issuer), portal.client_id, undefined, client.ClientSecretPost(portal.client_secret))
assert.ok((await poll.approve(post, 'u-1', phoneApproves)).approved)
const keyed = await withKey(issuer, signing.client_id, pair.privateKey, kid)
assert.ok((await poll.approve(keyed, 'u-1', phoneApproves)).approved)
const thief = await withKey(issuer, signing.client_id, (await generateKeyPair('ES256')).privateKey, kid)
await fails(poll.approve(thief, 'u-1', phoneApproves), 'invalid_client')
said('client_secret_post, private_key_jwt, and a key that is another')

const signed = await new SignJWT({ scope: 'openid', login_hint: 'u-1', binding_message: '2468' })
  .setProtectedHeader({ alg: 'ES256', kid })
  .setIssuer('portal').setAudience(issuer).setIssuedAt().setNotBefore('0s').setExpirationTime('1m')
  .setJti(webcrypto.randomUUID()).sign(pair.privateKey)
const byRequest = await client.initiateBackchannelAuthentication(basic, { request: signed })
await phoneApproves('2468')
assert.ok((await client.pollBackchannelAuthenticationGrant(basic, { ...byRequest, interval: 1 })).id_token)
await fails(client.initiateBackchannelAuthentication(basic, { request: signed }), 'invalid_request')
said('a signed request, once')

// ping
const told = await withSecret(issuer, pinged.client_id, pinged.client_secret)
assert.equal((await ping.approve(told, 'u-1', '135790', phoneApproves)).claims().acr, 'number')
await fails(ping.approve(told, 'u-1', '135790', phoneDenies), 'access_denied')
said('ping: told, and collected')

const closed = once(ping.endpoint.close(), 'close')
ping.endpoint.closeAllConnections()
await closed
const later = ping.approve(told, 'u-1', '864209', async (number) => {
  await phoneApproves(number)
  await restart()
  ping.endpoint.listen(Number(new URL(notify).port), '127.0.0.1')
})
assert.equal((await later).claims().acr, 'number')
said('ping: an endpoint that was down and a restart: told all the same')

// what is refused at once
const wrong = (parameters) => client.initiateBackchannelAuthentication(
  basic, { scope: 'openid', login_hint: 'u-1', binding_message: '4711', ...parameters })
await fails(wrong({ binding_message: 'K-42' }), 'invalid_binding_message')
await fails(wrong({ login_hint: 'nobody' }), 'unknown_user_id')
await fails(wrong({ authorization_details: '[]' }), 'invalid_authorization_details')
await fails(wrong({ scope: 'profile' }), 'invalid_scope')
said('refusals in the standard\'s words')

// test mode is an issuer of its own
const tried = await withSecret(`${issuer}/test`, trial.client_id, trial.client_secret)
assert.ok((await poll.approve(tried, 'test_approves', () => {})).approved)
assert.deepEqual(await poll.approve(tried, 'test_denies', () => {}), { approved: false, why: 'access_denied' })
assert.deepEqual(
  await poll.approve(tried, 'test_offline', () => {}, { requested_expiry: '1' }),
  { approved: false, why: 'expired_token' })
const unanswered = await client.initiateBackchannelAuthentication(tried, {
  scope: 'openid', login_hint: 'test_offline', binding_message: '4711', requested_expiry: '1',
})
let became
do {
  became = await collect(tried, unanswered.auth_req_id).then(() => 'approved', (refused) => refused.error)
} while (['authorization_pending', 'slow_down'].includes(became))
assert.equal(became, 'expired_token')
said('test mode: approves, denies, expires')

operator('client', 'revoke', 'portal')
await fails(collect(post, 'x'), 'invalid_client')
said('a revoked client is nobody')
process.exit(0)
