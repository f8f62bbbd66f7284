-- Clients of OpenID CIBA, registered by the operator.
CREATE TABLE openid_clients (
    id   TEXT PRIMARY KEY,
    body TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Assertions and signed requests of clients: each is used once.
CREATE TABLE openid_assertions (
    client TEXT NOT NULL,
    jti    BLOB NOT NULL,
    until  INTEGER NOT NULL,
    PRIMARY KEY (client, jti)
) STRICT, WITHOUT ROWID;
CREATE INDEX openid_assertions_until ON openid_assertions (until);

CREATE TABLE ciba_requests (
    id        BLOB PRIMARY KEY,
    challenge BLOB NOT NULL UNIQUE,
    owner     TEXT NOT NULL,
    until     INTEGER NOT NULL,
    body      TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX ciba_requests_owner ON ciba_requests (owner);
CREATE INDEX ciba_requests_until ON ciba_requests (until);
