/**
 * In one file, so that they run in parallel, those with real deadlines first. All need our chart: others belong
 * elsewhere.
 */
import './failures/migration.ts';
import './failures/rollout.ts';
import './failures/hook.ts';
import './failures/admission.ts';
import './failures/custom-resource.ts';
