import * as client from 'openid-client'

/** With a secret. Node trusts a private root by NODE_EXTRA_CA_CERTS=ca.pem. */
export async function withSecret(issuer, id, secret) {
  const config = await client.discovery(new URL(issuer), id, undefined, client.ClientSecretBasic(secret))
  client.enableNonRepudiationChecks(config) // ID tokens are verified against jwks_uri
  return config
}

/** With a key pair (ES256); the server was given its public half. */
export async function withKey(issuer, id, key, kid) {
  const config = await client.discovery(new URL(issuer), id, undefined, client.PrivateKeyJwt({ key, kid }))
  client.enableNonRepudiationChecks(config)
  return config
}
