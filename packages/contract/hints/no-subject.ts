/** Apart from the other words about tokens, which only a failure loads. */
export const SUBJECT =
  'the token needs the claim sub with a value: map it for the client at the issuer (Keycloak: the client scope basic; a lightweight access token has none), then get a fresh token';
