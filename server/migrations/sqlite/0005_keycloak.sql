-- Sign-ins that Keycloak waits for; also what keeps one call of Keycloak's from being taken twice.
CREATE TABLE keycloak_requests (
    id        BLOB PRIMARY KEY, -- SHA-256 of issuer and jti
    challenge BLOB UNIQUE,
    owner     TEXT,             -- whom it is about, for an erasure
    until     INTEGER NOT NULL, -- remembered until then
    body      TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX keycloak_requests_owner ON keycloak_requests (owner) WHERE owner IS NOT NULL;
CREATE INDEX keycloak_requests_until ON keycloak_requests (until);
