export const NETWORK_ENVIRONMENT: Readonly<Record<string, string>> = {
  SSL_CERT_FILE: "PEM file with the system's roots, where they are elsewhere than usual",
  SSL_CERT_DIR: 'folders with such files, separated by colons',
  HTTPS_PROXY: 'proxy, also in lower case, and HTTP_PROXY, ALL_PROXY, NO_PROXY: as kubectl and curl take them',
};
