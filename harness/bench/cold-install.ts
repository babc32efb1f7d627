import { chartOptions, installCold, releaseOn } from '../release/install/cold-install.ts';
import { prepareInstallTarget } from '../release/install-target/install-target.ts';
import type { Bench } from './bench.ts';
import { installVerdict } from './install-verify.ts';
import { verdict } from './verdicts.ts';

/** Design: helm's start to the verifier's last line. */
const barMs = 20_000;

/** Beside a healthy release, so images and caches are warm for both. */
export const coldInstall: Bench = {
  title: 'cold install, beside helm alone',
  async measure(context) {
    const { environment, timeline, signal } = context;
    const helmAlone = async () => {
      await using target = await prepareInstallTarget(environment, 'plain');
      return (await releaseOn(environment, target).install({ ...chartOptions(environment, target), signal }))
        .durationMs;
    };
    const ours = async () => {
      await using target = await prepareInstallTarget(environment, 'cold');
      const started = performance.now();
      const installed = await installCold(environment, target, timeline, signal);
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
