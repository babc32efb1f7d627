import { fileURLToPath } from 'node:url';

/** Apart from what starts helm, so that tests without it have it too. */
export const CHART_FOLDER = fileURLToPath(new URL('../meho', import.meta.url));
