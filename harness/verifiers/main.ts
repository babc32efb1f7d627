/** The verifiers' old place, which workflows of other repositories call: it is packages/verifiers/main.ts now. */
import '@meho/verifiers/main';
