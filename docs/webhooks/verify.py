from standardwebhooks import Webhook


def verify(secret, headers, body):
    """The event; raises where it does not come from your server. `body` is what came, as bytes."""
    return Webhook(secret).verify(body, dict(headers))
