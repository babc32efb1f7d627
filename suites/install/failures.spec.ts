/**
 * Installs that fail, each on a site of its own. In one file, so that they are told side by side throughout: those that
 * wait for real deadlines come first, and the others use the time. All of them need our chart: who adds a file that
 * doesn't, gives it a place of its own.
 */
import './failures/migration.ts';
import './failures/rollout.ts';
import './failures/hook.ts';
import './failures/admission.ts';
import './failures/custom-resource.ts';
