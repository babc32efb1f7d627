import { chartOptions, installCold, releaseOn } from '../../environment/cold-install.ts';
import { prepareSite } from '../../environment/site.ts';
import type { Bench } from './bench.ts';
import { installVerdict } from './install-verify.ts';
import { verdict } from './verdicts.ts';

/** Design: helm's start to the verifier's last line. */
const barMs = 20_000;

/** Each on a site of its own, beside a release that is healthy already: images and caches are warm for both. */
export const coldInstall: Bench = {
  title: 'cold install, beside helm alone',
  async measure(context) {
    const { environment, timeline, signal } = context;
    const helmAlone = async () => {
      await using site = await prepareSite(environment, 'plain');
      return (await releaseOn(environment, site).install({ ...chartOptions(environment, site), signal })).durationMs;
    };
    const ours = async () => {
      await using site = await prepareSite(environment, 'cold');
      const started = performance.now();
      const installed = await installCold(environment, site, timeline, signal);
      await verdict({ ...context, installed }, installVerdict);
      return performance.now() - started;
    };
    const baseline = { name: 'helm install --wait alone', tookMs: await helmAlone() };
    return [
      {
        what: "cold install, helm's start to install-verify's last line",
        tookMs: await ours(),
        barMs,
        baseline,
      },
    ];
  },
};
