/** The program of the thread that finds the imports of a workspace, see `listFilesAhead`. */
import { parentPort, workerData } from 'node:worker_threads';
import { scanAhead } from './scan-ahead.js';

const [root, cacheFolder] = workerData as [string, string];
parentPort?.postMessage(scanAhead(root, cacheFolder));
