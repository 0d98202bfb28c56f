/** A program: prints which uv makes a package whose backend uv has inside. It never fails and installs nothing. */
import { uvVersion } from './uv.js';

void uvVersion().then((version) => process.stdout.write(`uv ${version}\n`));
