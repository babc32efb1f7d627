import type { Authority } from '@meho/core/testing/authority';
import type { ImageName } from '@meho/images/catalog';
import { type OpenIdState, type StartedOpenId, startOpenId } from '../../services/openid.ts';
import type { ServicePlace } from '../../services/service.ts';
import { type StartedVault, startVault } from '../../services/vault.ts';

export interface Federation extends AsyncDisposable {
  readonly openId: StartedOpenId;
  readonly vault: StartedVault;
}

/** Starts OpenID first, because configuring Vault fetches its keys. */
export async function startFederation(
  authority: Authority,
  place: (image: ImageName, running?: string) => ServicePlace,
  state?: { readonly openId: OpenIdState; readonly vault: string },
): Promise<Federation> {
  await using stack = new AsyncDisposableStack();
  const openId = stack.use(
    await startOpenId(place('openid', state?.openId.id), {
      authority,
      ...(state === undefined ? {} : { state: state.openId }),
    }),
  );
  const federation = { issuer: openId.issuer, audience: openId.audience, issuerCa: authority.certificatePem };
  const vault = stack.use(await startVault(place('vault', state?.vault), { authority, federation }));
  const resources = stack.move();
  return { openId, vault, [Symbol.asyncDispose]: () => resources.disposeAsync() };
}
