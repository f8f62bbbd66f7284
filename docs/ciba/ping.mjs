import { randomBytes, timingSafeEqual } from 'node:crypto'
import { createServer } from 'node:http'
import * as client from 'openid-client'

const waiting = new Map() // auth_req_id → {token, resolve}

/** The notification endpoint. Behind your TLS; what arrives here permits nothing. */
export const endpoint = createServer(async (request, response) => {
  let body = ''
  for await (const chunk of request) body += chunk
  let told = {}
  try { told = JSON.parse(body) } catch { /* nobody that we know */ }
  const known = waiting.get(told.auth_req_id)
  const given = Buffer.from(request.headers.authorization ?? '')
  const expected = Buffer.from(`Bearer ${known?.token ?? ''}`)
  const right = known && given.length === expected.length && timingSafeEqual(given, expected)
  response.writeHead(right ? 204 : 401).end()
  if (right) known.resolve()
})

/** Asks, waits to be told, and collects the token, once. */
export async function approve(config, user, number, show) {
  const token = randomBytes(32).toString('base64url')
  const asked = await client.initiateBackchannelAuthentication(config, {
    scope: 'openid',
    login_hint: user,
    binding_message: number,
    client_notification_token: token,
  })
  const told = new Promise((resolve) => waiting.set(asked.auth_req_id, { token, resolve }))
  await show(number)
  // what is not told in time is asked for: a ping may be lost, and nobody is told of an expiry
  const late = new Promise((resolve) => setTimeout(resolve, asked.expires_in * 1000).unref())
  await Promise.race([told, late])
  waiting.delete(asked.auth_req_id)
  return client.genericGrantRequest(config, 'urn:openid:params:grant-type:ciba', { auth_req_id: asked.auth_req_id })
}
