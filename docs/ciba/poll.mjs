import { randomInt } from 'node:crypto'
import * as client from 'openid-client'

/** Six digits: shown on your page, typed on the phone. */
export const makeNumber = () => String(randomInt(1_000_000)).padStart(6, '0')

/** Asks, shows the number, and waits for the decision. */
export async function approve(config, user, show, more = {}) {
  const number = makeNumber()
  const asked = await client.initiateBackchannelAuthentication(config, {
    scope: 'openid',
    login_hint: user,
    binding_message: number,
    ...more,
  })
  await show(number)
  try {
    const tokens = await client.pollBackchannelAuthenticationGrant(config, asked)
    return { approved: true, tokens, claims: tokens.claims() }
  } catch (error) {
    // access_denied: declined, reported, or ended otherwise; expired_token: nobody answered in time
    if (['access_denied', 'expired_token'].includes(error.error)) return { approved: false, why: error.error }
    // the library has stopped by itself after expires_in
    if (error.code === 'OAUTH_TIMEOUT') return { approved: false, why: 'expired_token' }
    throw error
  }
}

/** A withdrawal, with what the customer is to see and sign. */
export const withdrawal = (value, bank) => ({
  authorization_details: JSON.stringify([{
    type: 'inkan_operation',
    operation: 'withdrawal',
    details: [{ type: 'amount', value, currency: 'JPY' }, { type: 'bank_account', ...bank }],
  }]),
})
