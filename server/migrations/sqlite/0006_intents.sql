-- What a backend has registered for a sign-in that comes by Keycloak.
CREATE TABLE intents (
    id    BLOB PRIMARY KEY,
    owner TEXT NOT NULL,
    until INTEGER NOT NULL,
    body  TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX intents_owner ON intents (owner);
CREATE INDEX intents_until ON intents (until);
