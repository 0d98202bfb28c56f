/** The uploaders by the names that users know them by. */
import { UserError } from '../../errors/user-error.js';
import { uploadDirectly } from './builtin.js';
import { uploadWithTwine, uploadWithUv } from './programs.js';
import type { Uploader } from './uploader.js';

/**
 * @param pythonWithTools gives a Python that has twine; called for twine only
 * @throws {UserError} for a name that is none of them
 */
export function chooseUploader(name: string, pythonWithTools: () => Promise<string>): Uploader {
  switch (name) {
    case 'builtin':
      return uploadDirectly;
    case 'uv':
      return uploadWithUv;
    case 'twine':
      return uploadWithTwine(pythonWithTools);
  }
  throw new UserError(`There is no uploader "${name}".`, {}, 'use one of builtin, uv, twine');
}
