import type { User } from '@meho/images/recipes/openid/program/configuration';

export const realmName = 'meho';

export interface RealmChoice {
  readonly audience: string;
  readonly clientId: string;
  readonly users: readonly User[];
  readonly tokenLifetimeS: number;
}

/** For Keycloak's import. Holds passwords. Keys are made at the import, so that no two runs share one. */
export function realmOf({ audience, clientId, users, tokenLifetimeS }: RealmChoice): object {
  return {
    realm: realmName,
    enabled: true,
    accessTokenLifespan: tokenLifetimeS,
    oauth2DevicePollingInterval: 1,
    bruteForceProtected: true,
    clients: [
      {
        clientId,
        name: 'MEHO acceptance',
        publicClient: true,
        standardFlowEnabled: false,
        directAccessGrantsEnabled: false,
        attributes: { 'oauth2.device.authorization.grant.enabled': 'true' },
        protocolMappers: [audienceMapper(audience), ...claims.map(attributeMapper)],
      },
    ],
    users: users.map(userOf),
    components: {
      'org.keycloak.userprofile.UserProfileProvider': [
        {
          name: 'declarative-user-profile',
          providerId: 'declarative-user-profile',
          config: { 'kc.user.profile.config': [JSON.stringify(userProfile)] },
        },
      ],
    },
  };
}

/** The backplane's contract (contract.md, "Traps"). */
const claims = ['tenant_id', 'tenant_role'] as const;

/** Without it a token is for Keycloak's account console alone. */
function audienceMapper(audience: string): object {
  return {
    name: 'audience of the backplane',
    protocol: 'openid-connect',
    protocolMapper: 'oidc-audience-mapper',
    config: { 'included.custom.audience': audience, 'access.token.claim': 'true', 'id.token.claim': 'false' },
  };
}

function attributeMapper(claim: (typeof claims)[number]): object {
  return {
    name: claim,
    protocol: 'openid-connect',
    protocolMapper: 'oidc-usermodel-attribute-mapper',
    config: {
      'user.attribute': claim,
      'claim.name': claim,
      'jsonType.label': 'String',
      'access.token.claim': 'true',
      'id.token.claim': 'true',
    },
  };
}

function userOf({ username, password, sub, name, email, tenantId, tenantRole }: User): object {
  const [firstName = '', ...rest] = name.split(' ');
  return {
    id: sub,
    username,
    email,
    emailVerified: true,
    firstName,
    lastName: rest.join(' '),
    enabled: true,
    attributes: { tenant_id: [tenantId], tenant_role: [tenantRole] },
    credentials: [{ type: 'password', value: password, temporary: false }],
  };
}

const adminAlone = { view: ['admin'], edit: ['admin'] };
const admittedToBoth = { view: ['admin', 'user'], edit: ['admin', 'user'] };

/** Keycloak drops attributes that the profile doesn't name, and users may not change what the backplane decides by. */
const userProfile = {
  attributes: [
    { name: 'username', permissions: admittedToBoth },
    { name: 'email', permissions: admittedToBoth },
    { name: 'firstName', permissions: admittedToBoth },
    { name: 'lastName', permissions: admittedToBoth },
    ...claims.map((name) => ({ name, permissions: adminAlone })),
  ],
};
