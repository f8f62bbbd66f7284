import { Webhook } from "standardwebhooks";

/** The event; throws where it does not come from your server. `body` is what came, as text. */
export function verify(secret, headers, body) {
  return new Webhook(secret).verify(body, headers);
}
