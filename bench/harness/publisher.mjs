// Publishes planned packages, for `publishPackages` and, as a process, for its memory. Arguments: JSON of access, packages.
import { fileURLToPath } from 'node:url';
import records from '../../packages/nx-wheelhouse/dist/build/dist-record.js';
import publishing from '../../packages/nx-wheelhouse/dist/publish/publish.js';
import builtin from '../../packages/nx-wheelhouse/dist/publish/uploaders/builtin.js';
import { python } from './python.mjs';

/** @returns the states of all files */
export async function publishPackages(access, packages) {
  const siblings = new Map(packages.map(({ name, project }) => [name, project]));
  const collection = { packages, problems: new Map(), circles: new Map(), siblings };
  const options = {
    dryRun: false,
    verifyTimeoutMs: 60_000,
    parallel: 4,
    uploader: builtin.uploadDirectly,
    attestations: 'none',
    pythonWithTools: async () => python,
    pythonToSign: async () => python,
  };
  const states = [];
  for await (const { success, files, problems } of publishing.publish(collection, access, options)) {
    if (!success) throw new Error(problems.join('\n'));
    states.push(...files.map(({ state }) => state));
  }
  return states;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [access, packages] = process.argv.slice(2).map((text) => JSON.parse(text));
  for (const { path, sha256 } of packages.flatMap(({ dists }) => dists))
    records.verifyRecordedFile(path, sha256, {}, '');
  await publishPackages(access, packages);
  process.stdout.write(String(process.resourceUsage().maxRSS));
}
