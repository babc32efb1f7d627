import type { ImageName } from '../images/catalog.ts';
import type { Authority } from '../ingress/authority.ts';
import { type StartedOpenId, startOpenId } from '../services/openid.ts';
import type { ServicePlace } from '../services/service.ts';
import { type StartedVault, startVault } from '../services/vault.ts';

/** Who says who somebody is, and who believes it. */
export interface Federation extends AsyncDisposable {
  readonly openId: StartedOpenId;
  readonly vault: StartedVault;
}

/** The OpenID provider first: Vault asks it for its keys when it is told to trust it. */
export async function startFederation(
  authority: Authority,
  place: (image: ImageName) => ServicePlace,
): Promise<Federation> {
  await using stack = new AsyncDisposableStack();
  const openId = stack.use(await startOpenId(place('openid'), { authority }));
  const federation = { issuer: openId.issuer, audience: openId.audience, issuerCa: authority.certificatePem };
  const vault = stack.use(await startVault(place('vault'), { authority, federation }));
  const resources = stack.move();
  return { openId, vault, [Symbol.asyncDispose]: () => resources.disposeAsync() };
}
