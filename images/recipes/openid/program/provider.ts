import { randomBytes } from 'node:crypto';
import { type Account, default as Provider, type Configuration as ProviderConfiguration } from 'oidc-provider';
import { type Configuration, operatorClaims } from './configuration.ts';
import type { Keyring } from './keyring.ts';
import { loginSucceeded, page } from './pages.ts';
import type { Store } from './store.ts';

/** Only its audience is visible outside. */
const backplane = 'urn:meho:backplane';

/** Shared by instances: cookies must survive a rotation. */
const cookieKey = randomBytes(32).toString('base64url');

/** Keycloak's paths, as labs use Keycloak. */
const routes = {
  authorization: '/protocol/openid-connect/auth',
  device_authorization: '/protocol/openid-connect/auth/device',
  code_verification: '/device',
  jwks: '/protocol/openid-connect/certs',
  token: '/protocol/openid-connect/token',
  userinfo: '/protocol/openid-connect/userinfo',
  revocation: '/protocol/openid-connect/revoke',
  end_session: '/protocol/openid-connect/logout',
};

export const interactionPath = '/login-actions';

/**
 * With the ring's current keys. Access tokens are JWTs for the backplane (RFC 9068), issued by the device authorization
 * grant (RFC 8628).
 */
export function createProvider(configuration: Configuration, keyring: Keyring, store: Store): Provider {
  const accounts = new Map(configuration.users.map((user) => [user.sub, user]));
  const mountPath = new URL(configuration.issuer).pathname;
  const settings: ProviderConfiguration = {
    adapter: (model) => store.adapter(model),
    jwks: { keys: [...keyring.jwks] as NonNullable<ProviderConfiguration['jwks']>['keys'] },
    clients: [
      {
        client_id: configuration.clientId,
        client_name: 'MEHO acceptance',
        application_type: 'native',
        token_endpoint_auth_method: 'none',
        grant_types: ['urn:ietf:params:oauth:grant-type:device_code'],
        redirect_uris: [],
        response_types: [],
      },
    ],
    cookies: { keys: [cookieKey], long: { signed: true }, short: { signed: true } },
    claims: { openid: ['sub'], profile: ['name'], email: ['email'] },
    routes,
    interactions: { url: (_context, interaction) => `${mountPath}${interactionPath}/${interaction.uid}` },
    features: {
      devInteractions: { enabled: false },
      deviceFlow: {
        enabled: true,
        userCodeInputSource: async (context, form, _out, error) => {
          const hint = error === undefined ? '' : '<p role="alert">That code is not or no longer good.</p>';
          context.body = page('Connect a device', `${hint}${form}${submit('op.deviceInputForm')}`);
        },
        userCodeConfirmSource: async (context, form, _client, _device, userCode) => {
          const question = `<p>Does your device show <code>${userCode}</code>?</p>`;
          context.body = page('Confirm the device', `${question}${form}${submit('op.deviceConfirmForm')}`);
        },
        successSource: async (context) => {
          context.body = page(loginSucceeded, '<p>You can close this page.</p>');
        },
      },
      resourceIndicators: {
        enabled: true,
        defaultResource: async () => backplane,
        useGrantedResource: async () => true,
        getResourceServerInfo: async () => ({
          scope: '',
          audience: configuration.audience,
          accessTokenTTL: configuration.tokenLifetimeS,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'RS256' } },
        }),
      },
    },
    ttl: {
      AccessToken: configuration.tokenLifetimeS,
      DeviceCode: 600,
      Grant: 3600,
      Session: 3600,
      Interaction: 600,
      IdToken: configuration.tokenLifetimeS,
    },
    findAccount: async (_context, sub): Promise<Account | undefined> => {
      const user = accounts.get(sub);
      return user && { accountId: sub, claims: async () => ({ sub, ...operatorClaims(user) }) };
    },
    extraTokenClaims: async (_context, token) => {
      const user = 'accountId' in token ? accounts.get(String(token.accountId)) : undefined;
      return user && operatorClaims(user);
    },
    // Consent is implied: the only client is ours.
    loadExistingGrant: async ({ oidc }) => {
      const { client, session, provider } = oidc;
      const sub = session?.accountId ?? oidc.result?.login?.accountId;
      if (client === undefined || sub === undefined) {
        return undefined;
      }
      const grant = new provider.Grant({ clientId: client.clientId, accountId: sub });
      grant.addOIDCScope('openid profile email');
      await grant.save();
      return grant;
    },
  };
  return new Provider(configuration.issuer, settings);
}

function submit(form: string): string {
  return `<button type="submit" form="${form}">Continue</button>`;
}
