/** A program: prints the version of this plugin, for what depends on it and on no interpreter. Asking for that as well takes ten times as long. */
import { pluginVersion } from '../plugin-version.js';

process.stdout.write(`nx-wheelhouse ${pluginVersion()}\n`);
